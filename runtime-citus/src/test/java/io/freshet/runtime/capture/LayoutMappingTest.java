package io.freshet.runtime.capture;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.planner.catalog.TableName;
import io.freshet.runtime.capture.pgoutput.PgOutputMessage.RelationColumn;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class LayoutMappingTest {
    private static final int INT4 = 23;

    @Test
    void addedAndDroppedColumnsAreNotTakenForRenamedOnes() {
        assertThat(mayBeRenamed("a b", "a b")).isFalse();
        assertThat(mayBeRenamed("a b", "a b c")).isFalse();
        assertThat(mayBeRenamed("a b c", "a c")).isFalse();
    }

    @Test
    void columnsThatMayHaveChangedTheirNamesAre() {
        assertThat(mayBeRenamed("a bb", "a b")).isTrue();
        assertThat(mayBeRenamed("a b", "b a")).isTrue();
        assertThat(mayBeRenamed("a b", "b a c")).isTrue();
    }

    private static boolean mayBeRenamed(String earlier, String latest) {
        return LayoutMapping.mayBeRenamed(layout(earlier), layout(latest));
    }

    private static SourceLayout layout(String names) {
        return new SourceLayout(new TableName("public", "t"), 1,
                Stream.of(names.split(" ")).map(name -> new RelationColumn(name, INT4, -1)).toList());
    }
}
