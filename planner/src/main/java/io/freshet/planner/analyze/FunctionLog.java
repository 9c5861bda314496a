package io.freshet.planner.analyze;

import io.freshet.errors.SourcePosition;
import io.freshet.planner.analyze.ChangingFunction.Cause;
import io.freshet.planner.functions.FunctionInfo;
import io.freshet.planner.functions.OperatorInfo;
import io.freshet.planner.functions.ServerObjects;
import io.freshet.planner.functions.Volatility;
import io.freshet.planner.types.PgType;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Collects what a query calls that can give another result another time. */
final class FunctionLog {
    /** PostgreSQL's own STABLE functions that depend on settings alone. */
    private static final Set<String> BY_SETTINGS = Set.of("array_to_json", "array_to_string", "concat", "concat_ws", "date",
            "date_bin",
            "date_part", "date_trunc", "extract", "format", "generate_series", "get_current_ts_config", "json_agg",
            "json_build_array",
            "json_build_object", "json_object_agg", "jsonb_agg", "jsonb_build_array", "jsonb_build_object", "jsonb_object_agg",
            "jsonb_path_exists_tz", "jsonb_path_query_tz", "make_timestamptz", "overlaps", "plainto_tsquery", "quote_literal",
            "quote_nullable", "row_to_json", "time", "timestamp", "timestamptz", "timetz", "timezone", "to_char", "to_date",
            "to_json",
            "to_jsonb", "to_number", "to_timestamp", "to_tsquery", "to_tsvector", "tstzrange");

    private final Set<ChangingFunction> uses = new LinkedHashSet<>();

    void function(FunctionInfo function, String name, Optional<SourcePosition> position) {
        boolean settings = function.isBuiltIn() && BY_SETTINGS.contains(function.name());
        add(name, function.volatility(), settings ? Cause.SETTINGS : Cause.STATE, position);
    }

    void valueFunction(String name, Optional<SourcePosition> position) {
        add(name, Volatility.STABLE, Cause.STATE, position);
    }

    /** Stable operators of PostgreSQL's own compare or move points in time, for which the time zone matters. */
    void operator(OperatorInfo operator, ServerObjects objects, Optional<SourcePosition> position) {
        objects.function(operator.function()).ifPresent(
                f -> add(operator.symbol(), f.volatility(), operator.isBuiltIn() ? Cause.SETTINGS : Cause.STATE, position));
    }

    void cast(PgType target, Volatility volatility, Optional<SourcePosition> position) {
        add("::" + target.text(), volatility, Cause.SETTINGS, position);
    }

    private void add(String name, Volatility volatility, Cause cause, Optional<SourcePosition> position) {
        if (volatility != Volatility.IMMUTABLE) {
            uses.add(new ChangingFunction(name, volatility, cause, position));
        }
    }

    List<ChangingFunction> uses() {
        return List.copyOf(uses);
    }
}
