package io.freshet.parser.ast;

import java.util.Objects;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlTypeNameSpec;
import org.apache.calcite.sql.SqlWriter;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.apache.calcite.sql.validate.SqlValidator;
import org.apache.calcite.util.Litmus;

/**
 * Carries a {@link PgTypeName} inside Calcite's type node. Its type is what the validator's catalog reader gives for an identifier of one
 * part, {@link PgTypeName#text()}.
 */
public final class PgTypeNameSpec extends SqlTypeNameSpec {
    private final PgTypeName type;

    PgTypeNameSpec(PgTypeName type, SqlParserPos pos) {
        super(new SqlIdentifier(type.text(), pos), pos);
        this.type = type;
    }

    public PgTypeName type() {
        return type;
    }

    @Override
    public RelDataType deriveType(SqlValidator validator) {
        return Objects.requireNonNull(validator.getCatalogReader().getNamedType(getTypeName()),
                () -> "type " + type.text() + " does not exist");
    }

    @Override
    public void unparse(SqlWriter writer, int leftPrec, int rightPrec) {
        writer.print(type.text());
    }

    @Override
    public boolean equalsDeep(SqlTypeNameSpec spec, Litmus litmus) {
        return spec instanceof PgTypeNameSpec other && other.type.equals(type)
                ? litmus.succeed()
                : litmus.fail("{} != {}", this, spec);
    }
}
