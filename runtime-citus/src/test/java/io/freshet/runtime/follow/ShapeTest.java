package io.freshet.runtime.follow;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.runtime.follow.Shape.Shard;
import io.freshet.runtime.topology.Node;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class ShapeTest {
    private static final Node COORDINATOR = new Node(0, "c", 5432);
    private static final Node FIRST = new Node(1, "a", 5432);
    private static final Node SECOND = new Node(2, "b", 5432);

    private static Shape table(Map<Long, Shard> shards) {
        return new Shape(new TreeMap<>(Map.of(16_400L, new TreeMap<>(shards))));
    }

    @Test
    void changesComeFromNodesWithAShardOnly() {
        Shape shape = table(Map.of(102_008L, new Shard(1, 1)));
        assertThat(shape.mayHaveBeenOn(FIRST, shape)).isTrue();
        assertThat(shape.mayHaveBeenOn(SECOND, shape)).isFalse();
        assertThat(shape.mayHaveBeenOn(COORDINATOR, shape)).isFalse();
    }

    /** It may have lain anywhere in between. */
    @Test
    void whenAShardHasMovedTheyMayComeFromAnyNode() {
        Shape before = table(Map.of(102_008L, new Shard(1, 1)));
        Shape thereAndBack = table(Map.of(102_008L, new Shard(3, 1)));
        assertThat(before.mayHaveBeenOn(SECOND, thereAndBack)).isTrue();
        assertThat(before.mayHaveBeenOn(FIRST, table(Map.of(102_008L, new Shard(2, 2))))).isTrue();
    }

    @Test
    void aPartitionThatIsAddedExtendsATableWhoseShardsStay() {
        Shape before = table(Map.of(102_008L, new Shard(1, 1)));
        TreeMap<Long, SortedMap<Long, Shard>> relations = new TreeMap<>(before.relations());
        relations.put(16_500L, new TreeMap<>(Map.of(102_009L, new Shard(2, 1))));
        assertThat(before.isExtendedBy(new Shape(relations))).isTrue();
        assertThat(new Shape(relations).isExtendedBy(before)).isFalse();
        assertThat(before.isExtendedBy(before)).isFalse();
        assertThat(table(Map.of(102_008L, new Shard(9, 1))).isExtendedBy(new Shape(relations))).as("moved").isFalse();
    }

    @Test
    void aTableWithoutShardsIsNotExtended() {
        Shape before = table(Map.of());
        TreeMap<Long, SortedMap<Long, Shard>> relations = new TreeMap<>(before.relations());
        relations.put(16_500L, new TreeMap<>());
        assertThat(before.isExtendedBy(new Shape(relations))).isFalse();
    }

    @Test
    void thoseOfATableWithoutShardsComeFromTheCoordinator() {
        Shape shape = table(Map.of());
        assertThat(shape.mayHaveBeenOn(COORDINATOR, shape)).isTrue();
        assertThat(shape.mayHaveBeenOn(FIRST, shape)).isFalse();
    }
}
