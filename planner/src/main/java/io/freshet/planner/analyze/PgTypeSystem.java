package io.freshet.planner.analyze;

import org.apache.calcite.rel.type.RelDataTypeSystemImpl;
import org.apache.calcite.sql.type.SqlTypeName;

/** PostgreSQL's types carry their own limits; Calcite's are never asked for. */
final class PgTypeSystem extends RelDataTypeSystemImpl {
    static final PgTypeSystem INSTANCE = new PgTypeSystem();

    private static final int MAX_NUMERIC_PRECISION = 1000;

    private PgTypeSystem() {
    }

    @Override
    public int getMaxPrecision(SqlTypeName typeName) {
        return typeName == SqlTypeName.DECIMAL ? MAX_NUMERIC_PRECISION : super.getMaxPrecision(typeName);
    }

    @Override
    public int getMaxScale(SqlTypeName typeName) {
        return typeName == SqlTypeName.DECIMAL ? MAX_NUMERIC_PRECISION : super.getMaxScale(typeName);
    }
}
