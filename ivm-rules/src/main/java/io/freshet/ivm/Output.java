package io.freshet.ivm;

import io.freshet.errors.ErrorCode;
import io.freshet.errors.FreshetException;
import io.freshet.planner.catalog.TableName;
import java.util.Locale;
import java.util.Optional;

/** Where a user wants a stream table to lie. */
public sealed interface Output {

    /** On the coordinator. */
    record Local() implements Output {
    }

    /** A full copy on every node. */
    record Replicated() implements Output {
    }

    /**
     * Sharded by an output column.
     *
     * @param beside the table whose shards it lies with; empty for a source's when the column allows it, else shards of its own
     */
    record Distributed(String column, Optional<TableName> beside) implements Output {
    }

    /** Distributed by the column, if one is given, else on the coordinator. */
    static Output by(Optional<String> distributionColumn) {
        return distributionColumn.<Output>map(column -> new Distributed(column, Optional.empty())).orElseGet(Local::new);
    }

    /**
     * What the options of {@code create_stream_table} say together.
     *
     * @param placement {@code local}, {@code reference} or {@code distributed}
     * @throws FreshetException INVALID_OPTION when they contradict each other
     */
    static Output of(Optional<String> distributionColumn, Optional<TableName> beside, Optional<String> placement) {
        String kind = placement.map(p -> p.strip().toLowerCase(Locale.ROOT))
                .orElse(distributionColumn.isPresent() || beside.isPresent() ? "distributed" : "local");
        return switch (kind) {
            case "distributed" -> new Distributed(distributionColumn.orElseThrow(() -> FreshetException
                    .of(ErrorCode.INVALID_OPTION, "a distributed stream table needs a column that distributes it")
                    .withHint("Add output_distribution_column => '..', one of the query's output columns.")), beside);
            case "local", "reference" -> {
                if (distributionColumn.isPresent() || beside.isPresent()) {
                    throw FreshetException
                            .of(ErrorCode.INVALID_OPTION,
                                    "a stream table with output_placement => '" + kind + "' is not distributed")
                            .withHint("Leave output_placement out, or output_distribution_column and output_colocate_with.");
                }
                yield kind.equals("local") ? new Local() : new Replicated();
            }
            default -> throw FreshetException
                    .of(ErrorCode.INVALID_OPTION, "output_placement '" + placement.orElseThrow() + "' does not exist")
                    .withHint("Write output_placement => 'local', 'reference' or 'distributed'.");
        };
    }

    /** The word for it, as in {@code output_placement}. */
    default String placement() {
        return switch (this) {
            case Local local -> "local";
            case Replicated replicated -> "reference";
            case Distributed distributed -> "distributed";
        };
    }

    default Optional<String> distributionColumn() {
        return this instanceof Distributed distributed ? Optional.of(distributed.column()) : Optional.empty();
    }

    default Optional<TableName> colocatedWith() {
        return this instanceof Distributed distributed ? distributed.beside() : Optional.empty();
    }
}
