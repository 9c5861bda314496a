package io.freshet.ivm.program;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UserQueryTest {

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
                                                                  SELECT 1                                  | SELECT 1
                                                                  SELECT 1; -- done;                        | SELECT 1
                                                                  SELECT ';' AS ";" /* ; /* ; */ ; */ ;     | SELECT ';' AS ";" /* ; /* ; */ ; */
                                                                  SELECT $a$;$$;$a$, E'\\';' ; /* ; */      | SELECT $a$;$$;$a$, E'\\';'
                                                                  SELECT '😀' ;                              | SELECT '😀'
                                                                  """)
    void endsAtItsSemicolon(String text, String statement) {
        assertThat(new UserQuery(text).statement()).isEqualTo(statement);
        assertThat(new UserQuery(text).derived("q", List.of("a"))).isEqualTo("(\n" + statement + "\n) AS q (a)");
    }
}
