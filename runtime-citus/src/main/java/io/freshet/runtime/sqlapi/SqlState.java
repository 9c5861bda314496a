package io.freshet.runtime.sqlapi;

import io.freshet.errors.ErrorCode;

/** The SQLSTATE under which SQL functions raise an error: PostgreSQL's own for the same mistake, where it has one. */
final class SqlState {
    private SqlState() {
    }

    static String of(ErrorCode code) {
        return switch (code) {
            case SYNTAX_ERROR, EMPTY_QUERY, MULTIPLE_STATEMENTS -> "42601";
            case UNDEFINED_TABLE, UNDEFINED_STREAM_TABLE -> "42P01";
            case UNDEFINED_COLUMN -> "42703";
            case UNDEFINED_FUNCTION -> "42883";
            case UNDEFINED_TYPE -> "42704";
            case AMBIGUOUS_NAME -> "42702";
            case INVALID_QUERY -> "42000";
            case NAME_TAKEN -> "42P07";
            case INVALID_OPTION -> "22023";
            case INVALID_DISTRIBUTION_COLUMN -> "42P16";
            case HAS_DEPENDENTS -> "2BP01";
            case PERMISSION_DENIED -> "42501";
            case DUPLICATE_OUTPUT_COLUMN -> "42701";
            case UNSUITABLE_TRANSACTION -> "25000";
            case UNSUPPORTED_SYNTAX, VOLATILE_FUNCTION, NOT_DIFFERENTIABLE, UNSUPPORTED_SOURCE, UNSUPPORTED_SERVER -> "0A000";
            case TOO_DEEP -> "54001";
            case REPLICA_IDENTITY, WAL_LEVEL, CITUS_CDC_DISABLED, DAEMON_NOT_RUNNING, NOT_INSTALLED,
                    PREPARED_TRANSACTIONS_DISABLED, SLOT_LOST, FENCED, REFRESH_FAILED, OLD_TRANSACTIONS, SOURCE_CHANGED,
                    UNDECODABLE_TABLE ->
                "55000";
            case NO_FREE_SLOT, NO_FREE_WALSENDER -> "53400";
            case NODE_UNREACHABLE -> "08001";
            case INTERNAL -> "XX000";
        };
    }
}
