package io.freshet.planner.analyze;

import io.freshet.errors.ErrorCode;
import io.freshet.errors.FreshetException;
import io.freshet.planner.functions.FunctionCall;
import io.freshet.planner.functions.FunctionInfo.Argument;
import io.freshet.planner.functions.ServerObjects.NamedType;
import io.freshet.planner.types.Oids;
import java.util.ArrayList;
import java.util.List;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rel.type.RelDataTypeFactory;

/** The columns of functions in FROM. */
final class TableFunctions {
    private final Environment environment;

    TableFunctions(Environment environment) {
        this.environment = environment;
    }

    RelDataType rowType(TableFunctionOperator operator, FunctionCall call) {
        RelDataTypeFactory.Builder columns = environment.rex().types().builder();
        List<Argument> outputs = call.function().outputs();
        List<NamedType> fields = environment.objects().fields(call.result().oid());
        if (outputs.size() > 1) {
            outputTypes(call).forEach(a -> columns.add(a.name(), environment.objects().types().type(a.type())));
        } else if (!fields.isEmpty()) {
            fields.forEach(f -> columns.add(f.name(), environment.objects().types().type(f.type(), f.modifier())));
        } else if (call.result().oid() == Oids.RECORD) {
            throw FreshetException.of(ErrorCode.INVALID_QUERY,
                    "a column definition list is required for functions returning \"record\"");
        } else {
            String name = outputs.size() == 1 && !outputs.getFirst().name().isEmpty()
                    ? outputs.getFirst().name()
                    : operator.alias();
            columns.add(name, call.result());
        }
        if (operator.ordinality() == TableFunctionOperator.Ordinality.COLUMN) {
            columns.add("ordinality", environment.rex().types().notNull(Oids.INT8));
        }
        return columns.build();
    }

    private List<Argument> outputTypes(FunctionCall call) {
        List<Argument> resolved = new ArrayList<>();
        for (Argument output : call.function().outputs()) {
            resolved.add(new Argument(output.name(), environment.resolver().outputType(call, output.type())));
        }
        return resolved;
    }
}
