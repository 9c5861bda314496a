package io.freshet.planner.analyze;

import org.apache.calcite.sql.validate.SqlConformanceEnum;
import org.apache.calcite.sql.validate.SqlDelegatingConformance;

/** What PostgreSQL allows where databases differ. */
final class PgConformance extends SqlDelegatingConformance {

    PgConformance() {
        super(SqlConformanceEnum.BABEL);
    }

    @Override
    public boolean isGroupByAlias() {
        return true;
    }

    @Override
    public boolean isGroupByOrdinal() {
        return true;
    }

    @Override
    public boolean isHavingAlias() {
        return false;
    }

    @Override
    public boolean isSortByAlias() {
        return true;
    }

    @Override
    public boolean isSortByOrdinal() {
        return true;
    }

    @Override
    public SelectAliasLookup isSelectAlias() {
        return SelectAliasLookup.UNSUPPORTED;
    }

    @Override
    public boolean isPercentRemainderAllowed() {
        return true;
    }

    @Override
    public boolean allowNiladicParentheses() {
        return true;
    }

    @Override
    public boolean isValueAllowed() {
        return true;
    }

    @Override
    public boolean allowExplicitRowValueConstructor() {
        return true;
    }

    @Override
    public boolean isColonFieldAccessAllowed() {
        return false;
    }

    /** True would hide columns that are neither grouped nor aggregated. */
    @Override
    public boolean isNonStrictGroupBy() {
        return false;
    }

    @Override
    public boolean allowQualifyingCommonColumn() {
        return true;
    }
}
