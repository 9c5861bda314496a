package io.freshet.ivm;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.freshet.planner.catalog.Placement;
import io.freshet.planner.catalog.Table;
import io.freshet.planner.catalog.TableName;
import java.util.List;
import java.util.Set;

/** The JSON form of an explanation. Its names are an interface: they may be added to, not changed. */
final class ExplanationJson {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private ExplanationJson() {
    }

    static String of(CompiledStreamTable compiled, List<Set<TableName>> changedSets) {
        ObjectNode root = JSON.createObjectNode();
        root.put("name", compiled.definition().name().toString()).put("mode", compiled.mode().name()).put("storage",
                compiled.storage());
        root.put("distribution_column", compiled.definition().distributionColumn().orElse(null));
        root.put("placement", compiled.definition().output().placement());
        root.put("colocated_with", compiled.definition().output().colocatedWith().map(TableName::toString).orElse(null));
        ArrayNode reasons = root.putArray("full_refresh_reasons");
        compiled.fullRefreshReasons().forEach(reason -> addReason(reason, reasons.addObject()));
        ArrayNode sources = root.putArray("sources");
        for (Table source : compiled.sources()) {
            ObjectNode node = sources.addObject();
            addSource(source, node);
            node.put("mirror", compiled.mirrored().contains(source) ? Mirror.nameFor(source.name()).toString() : null);
        }
        compiled.createStatements().forEach(root.putArray("create")::add);
        addSteps(compiled.populate(), root.putArray("populate"));
        ArrayNode programs = root.putArray("programs");
        for (Set<TableName> changed : changedSets) {
            ObjectNode program = programs.addObject();
            changed.stream().sorted().map(TableName::toString).forEach(program.putArray("changed")::add);
            addSteps(compiled.program(changed).steps(), program.putArray("steps"));
        }
        root.put("verify", compiled.verifySql());
        try {
            return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(root);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void addReason(FullRefreshReason reason, ObjectNode node) {
        node.put("operator", reason.operator()).put("message", reason.message()).put("hint", reason.hint().orElse(null));
        reason.position().ifPresentOrElse(
                p -> node.putObject("position").put("offset", p.offset()).put("line", p.line()).put("column", p.column()),
                () -> node.putNull("position"));
    }

    private static void addSource(Table source, ObjectNode node) {
        node.put("name", source.name().toString());
        ObjectNode placement = node.putObject("placement");
        switch (source.placement()) {
            case Placement.Distributed d ->
                placement.put("kind", "distributed").put("column", d.column()).put("colocation_id", d.colocationId());
            case Placement.SingleShard s -> placement.put("kind", "single_shard").put("colocation_id", s.colocationId());
            case Placement.SchemaShard s -> placement.put("kind", "schema_shard").put("colocation_id", s.colocationId());
            case Placement.Reference reference -> placement.put("kind", "reference");
            case Placement.Local local -> placement.put("kind", "local");
        }
    }

    private static void addSteps(List<Step> steps, ArrayNode array) {
        steps.forEach(step -> array.addObject().put("comment", step.comment()).put("strategy", step.strategy().name()).put("sql",
                step.sql()).put("when_empty", step.whenEmpty().name()));
    }
}
