package io.freshet.errors;

/**
 * Every error that Freshet raises, with a code that never changes its meaning. The text after the code says when it is raised; the
 * error reference in {@code docs/} is generated from this enumeration.
 */
public enum ErrorCode {
    SYNTAX_ERROR("FR101", ErrorCategory.USER, "The SQL text cannot be parsed."),
    EMPTY_QUERY("FR102", ErrorCategory.USER, "The text holds no query."),
    MULTIPLE_STATEMENTS("FR103", ErrorCategory.USER, "The text holds more than one statement."),
    UNDEFINED_TABLE("FR104", ErrorCategory.USER, "A table or view that the query names does not exist."),
    UNDEFINED_COLUMN("FR105", ErrorCategory.USER, "A column that the query names does not exist."),
    UNDEFINED_FUNCTION("FR106", ErrorCategory.USER, "No function or operator takes arguments of these types."),
    UNDEFINED_TYPE("FR107", ErrorCategory.USER, "A type that the query names does not exist."),
    AMBIGUOUS_NAME("FR108", ErrorCategory.USER, "A name can mean more than one thing."),
    INVALID_QUERY("FR109", ErrorCategory.USER, "The query is well-formed but PostgreSQL would refuse it."),
    NAME_TAKEN("FR110", ErrorCategory.USER, "A relation, type or column of this name exists already."),
    UNDEFINED_STREAM_TABLE("FR111", ErrorCategory.USER, "There is no stream table of this name."),
    INVALID_OPTION("FR112", ErrorCategory.USER, "An option's value is not one it can have."),
    INVALID_DISTRIBUTION_COLUMN("FR113", ErrorCategory.USER, "The distribution column cannot distribute this stream table."),
    HAS_DEPENDENTS("FR114", ErrorCategory.USER, "Other stream tables read this one."),
    PERMISSION_DENIED("FR115", ErrorCategory.USER, "The role lacks a right that the statement needs."),
    DUPLICATE_OUTPUT_COLUMN("FR116", ErrorCategory.USER, "Two output columns have one name."),
    UNSUITABLE_TRANSACTION("FR117", ErrorCategory.USER, "The function cannot be called in this transaction."),

    UNSUPPORTED_SYNTAX("FR201", ErrorCategory.UNSUPPORTED,
            "PostgreSQL has this syntax; Freshet's front end does not understand it."),
    VOLATILE_FUNCTION("FR202", ErrorCategory.UNSUPPORTED, "The query calls a function whose result changes by itself."),
    NOT_DIFFERENTIABLE("FR203", ErrorCategory.UNSUPPORTED,
            "No rule maintains this query incrementally, and the mode is DIFFERENTIAL."),
    UNSUPPORTED_SOURCE("FR204", ErrorCategory.UNSUPPORTED, "A relation of this kind cannot be a source."),
    TOO_DEEP("FR205", ErrorCategory.UNSUPPORTED, "The query is nested more deeply than Freshet reads."),

    REPLICA_IDENTITY("FR301", ErrorCategory.ENVIRONMENT, "A source does not have REPLICA IDENTITY FULL."),
    WAL_LEVEL("FR302", ErrorCategory.ENVIRONMENT, "A node's wal_level is not logical."),
    CITUS_CDC_DISABLED("FR303", ErrorCategory.ENVIRONMENT, "citus.enable_change_data_capture is off on a node."),
    NO_FREE_SLOT("FR304", ErrorCategory.ENVIRONMENT, "A node has no free replication slot."),
    NO_FREE_WALSENDER("FR305", ErrorCategory.ENVIRONMENT, "A node has no free walsender."),
    NODE_UNREACHABLE("FR306", ErrorCategory.ENVIRONMENT, "A node cannot be reached."),
    DAEMON_NOT_RUNNING("FR307", ErrorCategory.ENVIRONMENT, "No daemon answers."),
    NOT_INSTALLED("FR308", ErrorCategory.ENVIRONMENT, "The schema pgtrickle is not installed, or in another version."),
    PREPARED_TRANSACTIONS_DISABLED("FR309", ErrorCategory.ENVIRONMENT, "max_prepared_transactions is 0 on a Citus node."),
    UNSUPPORTED_SERVER("FR310", ErrorCategory.ENVIRONMENT, "The server's version or an installed component is not supported."),
    SLOT_LOST("FR311", ErrorCategory.ENVIRONMENT, "A node's replication slot is gone or invalidated."),
    FENCED("FR312", ErrorCategory.ENVIRONMENT, "Another daemon has taken over."),
    REFRESH_FAILED("FR313", ErrorCategory.ENVIRONMENT, "The database refused a statement of a refresh."),
    OLD_TRANSACTIONS("FR314", ErrorCategory.ENVIRONMENT,
            "Transactions older than a new stream table, or a new slot, have not ended in time."),
    SOURCE_CHANGED("FR315", ErrorCategory.ENVIRONMENT,
            "Something that a stream table reads was altered, and its query or its storage does not fit any more."),
    UNDECODABLE_TABLE("FR319", ErrorCategory.ENVIRONMENT,
            "What Citus's decoder shows is not to be relied on: a distributed table or a shard has a dropped column, a table is named like a shard, or a node has the wrong settings."),

    INTERNAL("FR901", ErrorCategory.INTERNAL, "A defect of Freshet.");

    private final String code;
    private final ErrorCategory category;
    private final String meaning;

    ErrorCode(String code, ErrorCategory category, String meaning) {
        this.code = code;
        this.category = category;
        this.meaning = meaning;
    }

    /** The stable code, {@code FR} and three digits. */
    public String code() {
        return code;
    }

    public ErrorCategory category() {
        return category;
    }

    /** One sentence for the error reference. */
    public String meaning() {
        return meaning;
    }
}
