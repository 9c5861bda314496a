package io.freshet.runtime.lifecycle;

import io.freshet.errors.ErrorCode;
import io.freshet.errors.FreshetException;
import io.freshet.ivm.CompiledStreamTable;
import io.freshet.planner.catalog.Table;
import io.freshet.planner.print.Quoting;
import io.freshet.runtime.definition.Dependencies;
import io.freshet.runtime.definition.Dependency;
import io.freshet.runtime.definition.DependencyStore;
import io.freshet.runtime.definition.DependencyStore.Publishing;
import io.freshet.runtime.definition.Difference;
import io.freshet.runtime.lifecycle.StreamTableStorage.Adoption;
import io.freshet.runtime.lifecycle.StreamTableStorage.Republished;
import io.freshet.runtime.lifecycle.StreamTableStorage.StillRead;
import io.freshet.runtime.store.Jdbc;
import io.freshet.runtime.store.StoredStreamTable;
import io.freshet.runtime.store.StreamTableStore;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What becomes of a stream table when something that its query hangs on was altered. It is filled again if the query still compiles, means the
 * same tables and is kept in the same storage; else it stops, and says why. A source that was dropped and made again under its name is
 * followed: nothing else can be meant. One that lives on under another name while a namesake has taken its place is not.
 */
final class Reconsideration {
    private final Connection connection;
    private final StoredStreamTable stored;
    private final List<Difference> differences;
    private final StreamTableStorage storage;

    /**
     * @param connection to the coordinator, in autocommit mode
     * @param differences at least one that is not harmless
     */
    Reconsideration(Connection connection, StoredStreamTable stored, List<Difference> differences, StreamTableStorage storage) {
        this.connection = connection;
        this.stored = stored;
        this.differences = List.copyOf(differences);
        this.storage = storage;
    }

    /** Compiles a stored stream table. */
    @FunctionalInterface
    interface Compiler {
        /** @throws FreshetException also when it would be kept in other tables now */
        CompiledStreamTable compile(StoredStreamTable stored) throws SQLException;
    }

    /** The verdict that nothing has to stop. */
    sealed interface Verdict {
        /** The query means what it meant. */
        record Unchanged() implements Verdict {
        }

        /**
         * The stream table is to be filled again, in the catalog that is done.
         *
         * @param republished whether older transactions have to end first
         */
        record Rebuild(CompiledStreamTable compiled, Republished republished) implements Verdict {
        }
    }

    /**
     * Looks at the stream table and, unless it has to stop, brings everything but its content up to date.
     *
     * @param compiler looks at the server after it is called
     * @throws FreshetException why it has to stop, with what cures it
     */
    Verdict decide(Compiler compiler) throws SQLException {
        // Read before it is compiled: what is altered in between shows as a difference the next time.
        List<Dependency> now = dependencies(compiler);
        if (now.isEmpty()) {
            throw explained(FreshetException.of(ErrorCode.SOURCE_CHANGED, "its query cannot be read any more"));
        }
        if (isSameMeaning(now)) {
            if (differences.stream().anyMatch(d -> d.sort() == Difference.Sort.EXTENDED)) {
                // What is in the new partitions is seen to where the sources' shards are followed.
                requireCapturable(compile(compiler));
            }
            save(now);
            return new Verdict.Unchanged();
        }
        requireSameObjects(now);
        CompiledStreamTable compiled = compile(compiler);
        requireCapturable(compiled);
        return adopt(compiled, now);
    }

    private List<Dependency> dependencies(Compiler compiler) throws SQLException {
        try {
            Optional<String> query = ServerDescription.oneStatement(stored.definition().query());
            return query.isPresent() ? Dependencies.of(connection, query.get(), stored.settings(), stored.owner()) : List.of();
        } catch (SQLException refused) {
            // The compiler says it with the position, and better.
            compile(compiler);
            throw refused;
        }
    }

    private CompiledStreamTable compile(Compiler compiler) throws SQLException {
        try {
            return compiler.compile(stored);
        } catch (FreshetException e) {
            throw explained(e);
        }
    }

    /** Only names have come that could have been meant and are not, or partitions of what is meant. */
    private boolean isSameMeaning(List<Dependency> now) throws SQLException {
        boolean onlyAdded = differences.stream().allMatch(
                d -> d.isHarmless() || d.sort() == Difference.Sort.SHADOWED || d.sort() == Difference.Sort.EXTENDED);
        return onlyAdded && DependencyStore.named(connection, stored.id()).equals(named(now));
    }

    private static Set<Long> named(List<Dependency> dependencies) {
        return dependencies.stream().filter(d -> d.lookedIn().isPresent()).map(Dependency::object).collect(Collectors.toSet());
    }

    /** @throws FreshetException a name of the query means something else now although what it meant is still there */
    private void requireSameObjects(List<Dependency> now) throws SQLException {
        Set<Long> lost = new HashSet<>(DependencyStore.named(connection, stored.id()));
        Set<Long> named = named(now);
        lost.removeAll(named);
        for (Difference difference : differences) {
            if (lost.contains(difference.object()) && difference.sort() != Difference.Sort.GONE
                    && difference.kind() != Dependency.Kind.COLUMN) {
                throw FreshetException
                        .of(ErrorCode.SOURCE_CHANGED,
                                "the query of stream table " + stored.name() + " would read something else now: "
                                        + reasons())
                        .withHint(createAgain());
            }
        }
    }

    private void requireCapturable(CompiledStreamTable compiled) throws SQLException {
        boolean roleExists = Jdbc.first(connection, "SELECT 1 FROM pg_catalog.pg_roles WHERE rolname = ?", row -> row.getInt(1),
                stored.owner()).isPresent();
        for (Table source : compiled.sources()) {
            if (roleExists) {
                SourceChecks.requireCapturable(connection, source, stored.owner());
            }
        }
    }

    private Verdict adopt(CompiledStreamTable compiled, List<Dependency> now) throws SQLException {
        List<StoredStreamTable.Source> sources = Lifecycle.sources(connection, compiled);
        Adoption adoption = new Adoption(compiled, sources, StreamTableStore.sources(connection, stored.id()),
                StillRead.byOthers(connection, stored.id()));
        connection.setAutoCommit(false);
        try {
            Republished republished = storage.adopt(connection, stored, adoption);
            boolean lost = republished == Republished.ANEW || DependencyStore.isWaiting(connection, stored.id())
                    || differences.stream().anyMatch(d -> d.sort() == Difference.Sort.UNPUBLISHED);
            if (StreamTableStore.find(connection, stored.id()).populated()) {
                // Else it waits to be filled already, for a reason that is on record.
                StreamTableStore.rebuild(connection, stored.id(), reasons());
            }
            DependencyStore.save(connection, stored.id(), now);
            DependencyStore.published(connection, stored.id(), lost ? Publishing.WAITING : Publishing.DONE);
            connection.commit();
            return new Verdict.Rebuild(compiled, lost ? Republished.ANEW : Republished.NO);
        } finally {
            connection.rollback();
            connection.setAutoCommit(true);
        }
    }

    private void save(List<Dependency> now) throws SQLException {
        connection.setAutoCommit(false);
        try {
            DependencyStore.save(connection, stored.id(), now);
            connection.commit();
        } finally {
            connection.rollback();
            connection.setAutoCommit(true);
        }
    }

    private FreshetException explained(FreshetException e) {
        String reasons = reasons();
        if (reasons.isEmpty()) {
            return e;
        }
        String cures = differences.stream().flatMap(d -> d.cure().stream()).collect(Collectors.joining(" "));
        return FreshetException.of(ErrorCode.SOURCE_CHANGED, reasons + "; " + e.getMessage())
                .withHint(cures.isEmpty() ? createAgain() : cures + " Or " + createAgain()).causedBy(e);
    }

    private String createAgain() {
        return "SELECT pgtrickle.drop_stream_table(" + Quoting.literal(Quoting.table(stored.name()))
                + "); then create it again with a query that fits.";
    }

    String reasons() {
        return differences.stream().filter(d -> !d.isHarmless()).map(Difference::describe).distinct().limit(3)
                .collect(Collectors.joining("; "));
    }
}
