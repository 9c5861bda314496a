package io.freshet.it.cluster;

import java.util.Optional;
import java.util.function.Supplier;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * An empty database for a test class, dropped after it.
 *
 * <pre>{@code
 * @RegisterExtension
 * static final DatabaseExtension DATABASE = DatabaseExtension.on(Clusters::citus);
 * }</pre>
 */
public final class DatabaseExtension implements BeforeAllCallback, AfterAllCallback {
    private final Supplier<? extends Cluster> cluster;
    private Optional<Database> database = Optional.empty();

    private DatabaseExtension(Supplier<? extends Cluster> cluster) {
        this.cluster = cluster;
    }

    /** @param cluster a shared one; it is asked for when the class starts, and may skip it */
    public static DatabaseExtension on(Supplier<? extends Cluster> cluster) {
        return new DatabaseExtension(cluster);
    }

    public Database get() {
        return database.orElseThrow();
    }

    @Override
    public void beforeAll(ExtensionContext context) {
        database = Optional.of(
                cluster.get().createDatabase(context.getRequiredTestClass().getSimpleName().toLowerCase(java.util.Locale.ROOT)));
    }

    @Override
    public void afterAll(ExtensionContext context) {
        database.ifPresent(Database::close);
    }
}
