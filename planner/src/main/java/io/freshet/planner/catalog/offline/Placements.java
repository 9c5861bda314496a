package io.freshet.planner.catalog.offline;

import io.freshet.errors.ErrorCode;
import io.freshet.errors.FreshetException;
import io.freshet.errors.SourcePosition;
import io.freshet.parser.schema.SchemaStatement.DistributeSchema;
import io.freshet.parser.schema.SchemaStatement.DistributeTable;
import io.freshet.parser.schema.SchemaStatement.ReferenceTable;
import io.freshet.parser.text.QualifiedName;
import io.freshet.planner.catalog.Placement;
import io.freshet.planner.catalog.Table;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Places tables as Citus would, in co-location groups whose numbers have no meaning but to be equal. Without {@code colocate_with} a table
 * joins the first group of its shard count and its distribution column's type, even one that {@code colocate_with => 'none'} has made.
 */
final class Placements {
    /** What {@code citus.shard_count} is when nobody sets it. */
    private static final String DEFAULT_SHARD_COUNT = "32";

    private final Names names;
    private final Relations relations;
    private final List<Traits> groups = new ArrayList<>();
    private final Map<String, Integer> distributedSchemas = new HashMap<>();

    /** What the tables of a group share; a table of one shard has no type, and a distributed schema's group is its own. */
    private record Traits(String shards, Optional<Integer> type) {
        static final Traits ONE_SHARD = new Traits("1", Optional.empty());
        static final Traits OF_A_SCHEMA = new Traits("", Optional.empty());
    }

    Placements(Names names, Relations relations) {
        this.names = names;
        this.relations = relations;
    }

    void distribute(DistributeTable statement) {
        ScriptTable table = relations.table(statement.table());
        requireLocal(table, statement.table().position());
        Optional<ScriptColumn> column = statement.column().map(name -> {
            TableStatements.requireColumn(table, name, statement.position());
            return table.column(name).orElseThrow();
        });
        Traits traits = column.map(c -> new Traits(statement.shardCount().orElse(DEFAULT_SHARD_COUNT),
                Optional.of(c.type().oid()))).orElse(Traits.ONE_SHARD);
        int group = statement.colocateWith().map(other -> group(other, traits)).orElseGet(() -> firstGroup(traits));
        table.place(column.<Placement>map(c -> new Placement.Distributed(c.name(), group))
                .orElseGet(() -> new Placement.SingleShard(group)));
    }

    private int group(QualifiedName colocateWith, Traits traits) {
        boolean word = colocateWith.parts().size() == 1;
        if (word && colocateWith.last().equalsIgnoreCase("none")) {
            return newGroup(traits);
        }
        if (word && colocateWith.last().equalsIgnoreCase("default")) {
            return firstGroup(traits);
        }
        ScriptTable other = relations.table(colocateWith);
        int group = switch (other.placement()) {
            case Placement.Distributed d -> d.colocationId();
            case Placement.SingleShard s -> s.colocationId();
            case Placement.SchemaShard shard -> throw notAlike(other, colocateWith);
            case Placement.Reference reference -> throw notAlike(other, colocateWith);
            case Placement.Local local -> throw notAlike(other, colocateWith);
        };
        if (!groups.get(group - 1).type().equals(traits.type())) {
            throw notAlike(other, colocateWith);
        }
        return group;
    }

    private static FreshetException notAlike(ScriptTable other, QualifiedName name) {
        return FreshetException.of(ErrorCode.INVALID_QUERY,
                "a table cannot be co-located with \"" + other.name()
                        + "\", whose distribution column has another type or which has none")
                .at(name.position());
    }

    private int firstGroup(Traits traits) {
        int index = groups.indexOf(traits);
        return index < 0 ? newGroup(traits) : index + 1;
    }

    /** @return its number, from 1: Citus has 0 for none */
    private int newGroup(Traits traits) {
        groups.add(traits);
        return groups.size();
    }

    void makeReference(ReferenceTable statement) {
        ScriptTable table = relations.table(statement.table());
        requireLocal(table, statement.table().position());
        table.place(new Placement.Reference());
    }

    private static void requireLocal(ScriptTable table, SourcePosition place) {
        if (!(table.placement() instanceof Placement.Local)) {
            throw FreshetException.of(ErrorCode.INVALID_QUERY, "table \"" + table.name() + "\" is already distributed").at(place);
        }
    }

    void distribute(DistributeSchema statement) {
        if (!names.hasSchema(statement.schema())) {
            throw FreshetException.of(ErrorCode.INVALID_QUERY, "schema \"" + statement.schema() + "\" does not exist")
                    .at(statement.position());
        }
        distributedSchemas.computeIfAbsent(statement.schema(), schema -> newGroup(Traits.OF_A_SCHEMA));
    }

    /** Tables come into a distributed schema before and after it is distributed. */
    void placeTablesOfDistributedSchemas() {
        for (ScriptTable table : relations.all()) {
            Integer group = distributedSchemas.get(table.name().schema());
            boolean local = table.placement() instanceof Placement.Local && !table.isView();
            if (group != null && local && table.kind() != Table.Kind.FOREIGN_TABLE) {
                table.place(new Placement.SchemaShard(group));
            }
        }
    }
}
