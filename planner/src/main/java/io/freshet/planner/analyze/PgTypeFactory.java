package io.freshet.planner.analyze;

import io.freshet.planner.functions.CommonTypes;
import io.freshet.planner.functions.ServerObjects;
import io.freshet.planner.types.Oids;
import io.freshet.planner.types.PgType;
import io.freshet.planner.types.PgTypes;
import java.nio.charset.Charset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rel.type.RelDataTypeField;
import org.apache.calcite.rel.type.RelDataTypeFieldImpl;
import org.apache.calcite.rel.type.RelRecordType;
import org.apache.calcite.rel.type.StructKind;
import org.apache.calcite.sql.SqlCollation;
import org.apache.calcite.sql.type.SqlTypeFactoryImpl;
import org.apache.calcite.sql.type.SqlTypeMappingRule;
import org.apache.calcite.sql.type.SqlTypeName;
import org.jspecify.annotations.Nullable;

/** Gives Calcite PostgreSQL's types wherever it would make one of its own. */
final class PgTypeFactory extends SqlTypeFactoryImpl {
    /** Calcite's own cache is shared by all factories, and knows types by their text: two servers can have different types of one name. */
    private final Map<RelDataType, RelDataType> canonical = new HashMap<>();
    private final ServerObjects objects;
    private final CommonTypes commonTypes;

    PgTypeFactory(ServerObjects objects) {
        super(PgTypeSystem.INSTANCE);
        this.objects = objects;
        this.commonTypes = new CommonTypes(objects);
    }

    RelDataType notNull(int oid) {
        return createTypeWithNullability(objects.types().type(oid), false);
    }

    RelDataType nullable(int oid) {
        return objects.types().type(oid);
    }

    @Override
    public RelDataType createSqlType(SqlTypeName typeName) {
        return known(typeName).orElseGet(() -> super.createSqlType(typeName));
    }

    @Override
    public RelDataType createSqlType(SqlTypeName typeName, int precision) {
        return known(typeName).orElseGet(() -> super.createSqlType(typeName, precision));
    }

    @Override
    public RelDataType createSqlType(SqlTypeName typeName, int precision, int scale) {
        return known(typeName).orElseGet(() -> super.createSqlType(typeName, precision, scale));
    }

    private Optional<RelDataType> known(SqlTypeName typeName) {
        return switch (typeName) {
            case BOOLEAN -> Optional.of(notNull(Oids.BOOL));
            case SMALLINT, TINYINT -> Optional.of(notNull(Oids.INT2));
            case INTEGER -> Optional.of(notNull(Oids.INT4));
            case BIGINT -> Optional.of(notNull(Oids.INT8));
            case DECIMAL -> Optional.of(notNull(Oids.NUMERIC));
            case REAL -> Optional.of(notNull(Oids.FLOAT4));
            case FLOAT, DOUBLE -> Optional.of(notNull(Oids.FLOAT8));
            case CHAR, VARCHAR -> Optional.of(notNull(Oids.TEXT));
            case NULL -> Optional.of(nullable(Oids.UNKNOWN));
            default -> Optional.empty();
        };
    }

    @Override
    protected RelDataType canonize(RelDataType type) {
        return canonical.computeIfAbsent(type, t -> t);
    }

    @Override
    protected RelDataType canonize(StructKind kind, List<String> names, List<RelDataType> types, boolean nullable) {
        List<RelDataTypeField> fields = new ArrayList<>();
        for (int i = 0; i < names.size(); i++) {
            fields.add(new RelDataTypeFieldImpl(names.get(i), i, types.get(i)));
        }
        return canonize(new RelRecordType(kind, fields, nullable));
    }

    @Override
    public RelDataType createArrayType(RelDataType elementType, long maxCardinality) {
        PgType array = objects.types().arrayOf(PgTypes.of(elementType)).orElseThrow();
        return createTypeWithNullability(array, false);
    }

    @Override
    public RelDataType createTypeWithNullability(RelDataType type, boolean nullable) {
        return type instanceof PgType known
                ? canonize(PgTypes.withNullability(known, nullable))
                : super.createTypeWithNullability(type, nullable);
    }

    @Override
    public RelDataType createTypeWithCharsetAndCollation(RelDataType type, Charset charset, SqlCollation collation) {
        return type;
    }

    @Override
    public @Nullable RelDataType leastRestrictive(List<RelDataType> types, SqlTypeMappingRule rule) {
        return types.stream().allMatch(PgType.class::isInstance) ? common(types) : super.leastRestrictive(types, rule);
    }

    @Override
    public @Nullable RelDataType leastRestrictive(List<RelDataType> types) {
        return types.stream().allMatch(PgType.class::isInstance) ? common(types) : super.leastRestrictive(types);
    }

    private RelDataType common(List<RelDataType> types) {
        PgType common = commonTypes.select(types.stream().map(PgTypes::of).toList(), "set operation");
        return createTypeWithNullability(common, types.stream().anyMatch(RelDataType::isNullable));
    }
}
