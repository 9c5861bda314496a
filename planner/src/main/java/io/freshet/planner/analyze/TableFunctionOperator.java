package io.freshet.planner.analyze;

import io.freshet.planner.functions.FunctionInfo;
import java.util.List;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlCallBinding;
import org.apache.calcite.sql.SqlFunction;
import org.apache.calcite.sql.SqlFunctionCategory;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlTableFunction;
import org.apache.calcite.sql.type.SqlReturnTypeInference;
import org.apache.calcite.sql.type.SqlTypeName;
import org.apache.calcite.sql.validate.SqlValidator;
import org.apache.calcite.sql.validate.SqlValidatorScope;

/** A function in FROM. Its row type is known when the arguments' types are. */
final class TableFunctionOperator extends SqlFunction implements SqlTableFunction {
    private final SqlIdentifier name;
    private final List<FunctionInfo> overloads;
    private final Ordinality ordinality;
    private final String alias;

    /** Whether a column counts the rows. */
    enum Ordinality {
        NONE,
        COLUMN
    }

    TableFunctionOperator(SqlIdentifier name, List<FunctionInfo> overloads, Ordinality ordinality) {
        this(name, overloads, ordinality, name.names.getLast());
    }

    private TableFunctionOperator(SqlIdentifier name, List<FunctionInfo> overloads, Ordinality ordinality, String alias) {
        super(name.toString(), SqlKind.OTHER_FUNCTION, null, null, null, SqlFunctionCategory.USER_DEFINED_TABLE_FUNCTION);
        this.name = name;
        this.overloads = List.copyOf(overloads);
        this.ordinality = ordinality;
        this.alias = alias;
    }

    TableFunctionOperator withAlias(String tableAlias) {
        return new TableFunctionOperator(name, overloads, ordinality, tableAlias);
    }

    /** What a single column is called that has no name of its own. */
    String alias() {
        return alias;
    }

    SqlIdentifier functionName() {
        return name;
    }

    List<FunctionInfo> overloads() {
        return overloads;
    }

    Ordinality ordinality() {
        return ordinality;
    }

    @Override
    public RelDataType deriveType(SqlValidator validator, SqlValidatorScope scope, SqlCall call) {
        return validator.getTypeFactory().createSqlType(SqlTypeName.CURSOR);
    }

    @Override
    public SqlReturnTypeInference getRowTypeInference() {
        return binding -> {
            PgValidator validator = (PgValidator) ((SqlCallBinding) binding).getValidator();
            SqlCallBinding callBinding = (SqlCallBinding) binding;
            return validator.rowType(this, callBinding.getCall(), callBinding.getScope());
        };
    }
}
