package io.freshet.planner.analyze;

import io.freshet.errors.ErrorCode;
import io.freshet.errors.FreshetException;
import io.freshet.planner.functions.ClosestName;
import io.freshet.planner.functions.PgSyntax;
import io.freshet.planner.functions.PgSyntax.Construct;
import io.freshet.planner.functions.ServerObjects.NamedType;
import io.freshet.planner.print.Quoting;
import io.freshet.planner.types.Oids;
import io.freshet.planner.types.PgType;
import io.freshet.planner.types.PgTypes;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rel.type.RelDataTypeFactory;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;

/** Expressions of arrays, rows, their parts, and collations. */
final class Composites {
    private final Environment environment;
    private final Rex rex;

    Composites(Environment environment) {
        this.environment = environment;
        this.rex = environment.rex();
    }

    RexNode row(List<RexNode> columns) {
        List<RexNode> typed = columns.stream().map(c -> rex.typed(c, type(Oids.TEXT))).toList();
        RelDataTypeFactory.Builder fields = rex.types().builder();
        for (int i = 0; i < typed.size(); i++) {
            fields.add("f" + (i + 1), typed.get(i).getType());
        }
        return rex.call(SqlStdOperatorTable.ROW, fields.build(), columns);
    }

    RexNode array(List<RexNode> elements) {
        if (elements.isEmpty()) {
            throw FreshetException.of(ErrorCode.INVALID_QUERY, "cannot determine type of empty array")
                    .withHint("Explicitly cast to the desired type, for example '{}'::integer[].");
        }
        PgType common = environment.commonTypes().select(elements.stream().map(e -> PgTypes.of(e.getType())).toList(), "ARRAY");
        PgType array = environment.objects().types().arrayOf(common)
                .orElseThrow(() -> FreshetException.of(ErrorCode.INVALID_QUERY,
                        "could not find array type for data type " + common.text()));
        List<RexNode> typed = elements.stream().map(e -> PgTypes.of(e.getType()).oid() == common.oid() ? e : rex.as(e, common))
                .toList();
        return rex.call(SqlStdOperatorTable.ARRAY_VALUE_CONSTRUCTOR, rex.types().createTypeWithNullability(array, false), typed);
    }

    RexNode subscript(List<RexNode> operands) {
        PgType container = environment.objects().types().withoutDomain(PgTypes.of(operands.getFirst().getType()));
        PgType result;
        if (container.oid() == Oids.JSONB) {
            result = container;
        } else {
            result = element(container);
        }
        return rex.call(PgSyntax.of(Construct.SUBSCRIPT), rex.types().createTypeWithNullability(result, true),
                typedSubscripts(operands, container));
    }

    private List<RexNode> typedSubscripts(List<RexNode> operands, PgType container) {
        List<RexNode> typed = new ArrayList<>();
        typed.add(operands.getFirst());
        for (RexNode subscript : operands.subList(1, operands.size())) {
            typed.add(rex.typed(subscript, type(container.oid() == Oids.JSONB ? Oids.TEXT : Oids.INT4)));
        }
        return typed;
    }

    /** The first operand is the array; an absent bound is empty. */
    RexNode slice(List<Optional<RexNode>> operands) {
        RexNode array = operands.getFirst().orElseThrow();
        PgType container = environment.objects().types().withoutDomain(PgTypes.of(array.getType()));
        element(container);
        List<RexNode> nodes = new ArrayList<>();
        for (Optional<RexNode> operand : operands) {
            nodes.add(operand.map(o -> rex.typed(o, type(Oids.INT4)))
                    .orElseGet(() -> rex.call(PgSyntax.of(Construct.ABSENT), rex.types().nullable(Oids.INT4), List.of())));
        }
        return rex.call(PgSyntax.of(Construct.SLICE), rex.types().createTypeWithNullability(container, true), nodes);
    }

    private PgType element(PgType container) {
        return container.element().orElseThrow(() -> FreshetException.of(ErrorCode.INVALID_QUERY,
                "cannot subscript type " + container.text() + " because it does not support subscripting"));
    }

    RexNode field(RexNode composite, String name) {
        PgType type = environment.objects().types().withoutDomain(PgTypes.of(composite.getType()));
        List<NamedType> fields = environment.objects().fields(type.oid());
        if (fields.isEmpty()) {
            throw FreshetException.of(ErrorCode.INVALID_QUERY, "column notation ." + name + " applied to type " + type.text()
                    + ", which is not a composite type");
        }
        NamedType field = fields.stream().filter(f -> f.name().equals(name)).findFirst().orElseThrow(() -> {
            FreshetException missing = FreshetException.of(ErrorCode.UNDEFINED_COLUMN,
                    "column \"" + name + "\" not found in data type " + type.text());
            return ClosestName.of(name, fields.stream().map(NamedType::name).toList())
                    .map(n -> missing.withHint("Perhaps you meant " + n + ".")).orElse(missing);
        });
        return rex.call(PgSyntax.of(Construct.FIELD, name), environment.objects().types().type(field.type(), field.modifier()),
                List.of(composite));
    }

    RexNode collate(RexNode text, List<String> collation) {
        RexNode typed = rex.typed(text, type(Oids.TEXT));
        RelDataType type = typed.getType();
        String name = collation.stream().map(Quoting::identifier).collect(Collectors.joining("."));
        return rex.call(PgSyntax.of(Construct.COLLATE, name), type, List.of(typed));
    }

    private PgType type(int oid) {
        return environment.objects().types().type(oid);
    }
}
