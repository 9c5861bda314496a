package io.freshet.parser;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.freshet.errors.ErrorCode;
import io.freshet.errors.FreshetException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every query of the corpus is read, except those whose syntax is refused by name. */
class CorpusTest {
    private static final Pattern QUERY = Pattern.compile("-- @(\\w+)[^\\n]*\\n(.*?);\\n", Pattern.DOTALL);

    /** The query's name, and what the error says. */
    private static final Map<String, String> REFUSED = Map.of("json_table", "JSON_TABLE(..) is not supported", "json_value",
            "JSON_VALUE(..) is not supported", "tablesample", "TABLESAMPLE is not supported");

    static Stream<Arguments> queries() throws IOException {
        try (InputStream file = CorpusTest.class.getResourceAsStream("/corpus/queries.sql")) {
            Matcher matcher = QUERY.matcher(new String(file.readAllBytes(), StandardCharsets.UTF_8));
            return matcher.results().map(m -> Arguments.of(m.group(1), m.group(2))).toList().stream();
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("queries")
    void isReadOrRefusedByName(String name, String sql) {
        if (!REFUSED.containsKey(name)) {
            assertThat(QueryParser.parse(sql).node()).isNotNull();
            return;
        }
        FreshetException error = catchThrowableOfType(FreshetException.class, () -> QueryParser.parse(sql));
        assertThat(error.code()).isEqualTo(ErrorCode.UNSUPPORTED_SYNTAX);
        assertThat(error).hasMessage(REFUSED.get(name));
        assertThat(error.position()).isPresent();
    }
}
