package io.freshet.ivm;

import io.freshet.planner.catalog.Placement;
import io.freshet.planner.catalog.Table;
import io.freshet.planner.catalog.TableName;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * What EXPLAIN shows of a stream table: how it is kept, why not otherwise, and the programs of some sets of changed sources. The text is for
 * people and may change; the JSON is stable.
 */
public final class Explanation {
    /** With more sources than this, the sets of changed sources are too many to show. */
    private static final int FEW_SOURCES = 3;

    private final CompiledStreamTable compiled;
    private final List<Set<TableName>> changedSets;

    private Explanation(CompiledStreamTable compiled, List<Set<TableName>> changedSets) {
        this.compiled = compiled;
        this.changedSets = List.copyOf(changedSets);
    }

    /** With the programs of every set of changed sources; of each source alone and of all together when there are many. */
    public static Explanation of(CompiledStreamTable compiled) {
        List<TableName> sources = compiled.sources().stream().map(Table::name).toList();
        if (compiled.mode() == RefreshMode.FULL) {
            return new Explanation(compiled, sources.isEmpty() ? List.of() : List.of(Set.copyOf(sources)));
        }
        Stream<Set<TableName>> sets = sources.size() <= FEW_SOURCES
                ? subsets(sources)
                : Stream.concat(sources.stream().map(Set::of), Stream.of(Set.copyOf(sources)));
        return new Explanation(compiled, sets.distinct().toList());
    }

    /**
     * With the program of one set of changed sources.
     *
     * @param changed a non-empty subset of the sources' names
     */
    public static Explanation of(CompiledStreamTable compiled, Set<TableName> changed) {
        return new Explanation(compiled, List.of(Set.copyOf(changed)));
    }

    private static Stream<Set<TableName>> subsets(List<TableName> sources) {
        return IntStream.range(1, 1 << sources.size()).boxed()
                .sorted((a, b) -> Integer.bitCount(a) == Integer.bitCount(b) ? a - b : Integer.bitCount(a) - Integer.bitCount(b))
                .map(bits -> IntStream.range(0, sources.size()).filter(i -> (bits & 1 << i) != 0).mapToObj(sources::get)
                        .collect(Collectors.toSet()));
    }

    /** For people. */
    public String text() {
        List<String> lines = new ArrayList<>();
        lines.add("stream table " + compiled.definition().name());
        lines.add("mode         " + compiled.mode());
        lines.add("keeps        " + compiled.storage());
        switch (compiled.definition().output()) {
            case Output.Local local -> {
            }
            case Output.Replicated replicated -> lines.add("distributed  a copy to every node");
            case Output.Distributed by -> lines
                    .add("distributed  by " + by.column() + by.beside().map(table -> ", with the shards of " + table).orElse(""));
        }
        for (Table source : compiled.sources()) {
            String mirror = compiled.mirrored().contains(source) ? ", through its mirror " + Mirror.nameFor(source.name()) : "";
            lines.add("reads        " + source.name() + ", " + describe(source.placement()) + mirror);
        }
        for (FullRefreshReason reason : compiled.fullRefreshReasons()) {
            lines.add("refreshed in full because of " + reason.operator() + reason.position().map(p -> " (" + p + ")").orElse("")
                    + ": "
                    + reason.message());
            reason.hint().ifPresent(hint -> lines.add("    HINT: " + hint));
        }
        lines.add("");
        lines.add("-- To create it:");
        compiled.createStatements().forEach(statement -> lines.add(statement + ";"));
        lines.add("");
        lines.add("-- To fill it:");
        addSteps(compiled.populate(), lines);
        for (Set<TableName> changed : changedSets) {
            lines.add("");
            lines.add("-- When " + names(changed) + (changed.size() == 1 ? " has" : " have") + " changed:");
            addSteps(compiled.program(changed).steps(), lines);
        }
        return String.join("\n", lines) + "\n";
    }

    private static void addSteps(List<Step> steps, List<String> lines) {
        for (Step step : steps) {
            String end = step.whenEmpty() == Step.WhenEmpty.END ? " If there is nothing, the program ends." : "";
            lines.add("-- " + step.comment() + end + " [" + step.strategy().name().toLowerCase(Locale.ROOT).replace('_', '-')
                    + "]");
            lines.add(step.sql() + ";");
        }
    }

    private static String names(Set<TableName> names) {
        List<String> sorted = names.stream().sorted().map(TableName::toString).toList();
        return sorted.size() == 1
                ? sorted.getFirst()
                : String.join(", ", sorted.subList(0, sorted.size() - 1)) + " and " + sorted.getLast();
    }

    private static String describe(Placement placement) {
        return switch (placement) {
            case Placement.Distributed d -> "distributed by " + d.column() + " in co-location group " + d.colocationId();
            case Placement.SingleShard s -> "on one shard of co-location group " + s.colocationId();
            case Placement.SchemaShard s -> "on the one shard of a distributed schema, co-location group " + s.colocationId();
            case Placement.Reference reference -> "a reference table";
            case Placement.Local local -> "on the coordinator";
        };
    }

    /** For programs: one JSON object. */
    public String json() {
        return ExplanationJson.of(compiled, changedSets);
    }
}
