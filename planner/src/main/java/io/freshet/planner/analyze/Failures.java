package io.freshet.planner.analyze;

import io.freshet.errors.ErrorCode;
import io.freshet.errors.FreshetException;
import io.freshet.planner.functions.ClosestName;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.calcite.runtime.CalciteContextException;
import org.apache.calcite.sql.parser.SqlParserPos;

/** Turns what Calcite throws into the project's errors, worded as PostgreSQL would. */
final class Failures {
    private static final Pattern QUOTED = Pattern.compile("'([^']*)'");

    private final Environment environment;
    private final Relations relations;

    /** A message of Calcite's validator and what it means. */
    private record Wording(Pattern calcite, ErrorCode code, String message) {
        static Wording of(String calcite, ErrorCode code, String message) {
            return new Wording(Pattern.compile(calcite, Pattern.DOTALL), code, message);
        }

        Optional<FreshetException> translate(String text) {
            Matcher matcher = calcite.matcher(text);
            return matcher.matches() ? Optional.of(FreshetException.of(code, matcher.replaceFirst(message))) : Optional.empty();
        }
    }

    private static final List<Wording> WORDINGS = List.of(
            Wording.of("Column '(.*)' not found in any table.*", ErrorCode.UNDEFINED_COLUMN, "column \"$1\" does not exist"),
            Wording.of("Column '(.*)' not found in table '(.*)'.*", ErrorCode.UNDEFINED_COLUMN, "column $2.$1 does not exist"),
            Wording.of("Unknown identifier '(.*)'", ErrorCode.UNDEFINED_COLUMN, "column \"$1\" does not exist"),
            Wording.of("Unknown field '(.*)'", ErrorCode.UNDEFINED_COLUMN, "column \"$1\" does not exist"),
            Wording.of("Table '(.*)' not found.*", ErrorCode.UNDEFINED_TABLE, "missing FROM-clause entry for table \"$1\""),
            Wording.of("Object '(.*)' not found.*", ErrorCode.UNDEFINED_TABLE, "relation \"$1\" does not exist"),
            Wording.of("Column '(.*)' is ambiguous", ErrorCode.AMBIGUOUS_NAME, "column reference \"$1\" is ambiguous"),
            Wording.of("Column name '(.*)' in .*is not unique.*", ErrorCode.AMBIGUOUS_NAME,
                    "common column name \"$1\" appears more than once in a table"),
            Wording.of("Duplicate relation name '(.*)' in FROM clause", ErrorCode.INVALID_QUERY,
                    "table name \"$1\" specified more than once"),
            Wording.of("Expression '(.*)' is not being grouped", ErrorCode.INVALID_QUERY,
                    "column \"$1\" must appear in the GROUP BY clause or be used in an aggregate function"),
            Wording.of("Aggregate expression is illegal in (.*) clause", ErrorCode.INVALID_QUERY,
                    "aggregate functions are not allowed in $1"),
            Wording.of("Windowed aggregate expression is illegal in (.*) clause", ErrorCode.INVALID_QUERY,
                    "window functions are not allowed in $1"),
            Wording.of("Aggregate expressions cannot be nested", ErrorCode.INVALID_QUERY,
                    "aggregate function calls cannot be nested"),
            Wording.of("(WHERE|ON|HAVING|FILTER) clause must be a condition", ErrorCode.INVALID_QUERY,
                    "argument of $1 must be type boolean"),
            Wording.of("OVER clause is necessary for window functions", ErrorCode.INVALID_QUERY,
                    "window function requires an OVER clause"),
            Wording.of("Column count mismatch in (\\w+).*", ErrorCode.INVALID_QUERY,
                    "each $1 query must have the same number of columns"),
            Wording.of("Cannot apply '.SCALAR_QUERY'.*", ErrorCode.INVALID_QUERY, "subquery must return only one column"),
            Wording.of("Ordinal out of range", ErrorCode.INVALID_QUERY, "ORDER BY or GROUP BY position is not in select list"));

    Failures(Environment environment, Relations relations) {
        this.environment = environment;
        this.relations = relations;
    }

    FreshetException translate(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof FreshetException known) {
                return known;
            }
            if (cause instanceof CalciteContextException context) {
                return translate(context);
            }
        }
        return FreshetException.of(ErrorCode.UNSUPPORTED_SYNTAX, "the query cannot be planned: " + firstLine(failure))
                .causedBy(failure);
    }

    private FreshetException translate(CalciteContextException context) {
        if (context.getCause() instanceof FreshetException known) {
            return known;
        }
        String message = context.getCause() == null
                ? String.valueOf(context.getMessage())
                : String.valueOf(context.getCause().getMessage());
        FreshetException error = WORDINGS.stream().flatMap(w -> w.translate(message).stream()).findFirst()
                .orElseGet(() -> FreshetException.of(ErrorCode.INVALID_QUERY, message));
        SqlParserPos pos = new SqlParserPos(context.getPosLine(), context.getPosColumn());
        return environment.positions().locate(switch (error.code()) {
            case UNDEFINED_COLUMN -> undefinedColumn(error, message);
            case UNDEFINED_TABLE -> undefinedTable(error, message);
            default -> error;
        }, pos);
    }

    private FreshetException undefinedTable(FreshetException error, String message) {
        Matcher quoted = QUOTED.matcher(message);
        return quoted.find() && relations.aliases().contains(quoted.group(1))
                ? error.withHint(
                        "It is in FROM but cannot be seen from here: a sub-query sees the tables on its left after LATERAL only.")
                : error;
    }

    private FreshetException undefinedColumn(FreshetException error, String message) {
        Matcher quoted = QUOTED.matcher(message);
        String name = quoted.find() ? quoted.group(1) : "";
        if (name.equals("*")) {
            return FreshetException.of(ErrorCode.UNSUPPORTED_SYNTAX, "a whole row as a value is not supported")
                    .withHint("Name its columns.");
        }
        if (relations.aliases().contains(name)) {
            return FreshetException
                    .of(ErrorCode.UNSUPPORTED_SYNTAX, "the whole row of \"" + name + "\" as a value is not supported")
                    .withHint("Name its columns: ROW(" + name + ".a, " + name + ".b).");
        }
        return ClosestName.of(name, relations.columnNames()).map(n -> error.withHint("Perhaps you meant \"" + n + "\"."))
                .orElse(error);
    }

    private static String firstLine(Throwable failure) {
        String message = failure.getMessage() == null ? failure.getClass().getSimpleName() : failure.getMessage();
        return message.lines().findFirst().orElse(failure.getClass().getSimpleName());
    }
}
