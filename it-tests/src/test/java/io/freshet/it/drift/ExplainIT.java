package io.freshet.it.drift;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.freshet.it.cluster.Clusters;
import io.freshet.it.cluster.Database;
import io.freshet.it.cluster.DatabaseExtension;
import io.freshet.it.daemon.DaemonProcess;
import io.freshet.it.daemon.StreamTables;
import io.freshet.ivm.Step;
import io.freshet.ivm.Strategy;
import io.freshet.runtime.lifecycle.ClusterPlan;
import io.freshet.runtime.store.WholeQueries;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What EXPLAIN says of the steps of a stream table on Citus is what the cluster's own EXPLAIN shows. */
class ExplainIT {
    @RegisterExtension
    static final DatabaseExtension DATABASE = DatabaseExtension.on(Clusters::citus);

    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final Pattern STEP = Pattern.compile("^-- .+ \\[[a-z-]+]$", Pattern.MULTILINE);

    /** One table beside another, one to whose shards changes are sent, one that is joined by any column. */
    private static final String MOVING = """
                                         SELECT o.customer_id, l.level, count(*) AS n, sum(o.amount) AS total, sum(p.paid) AS paid
                                         FROM orders o
                                         JOIN customers c ON c.customer_id = o.customer_id
                                         JOIN log_lines l ON l.source = o.qty
                                         JOIN payments p ON p.paid = o.amount
                                         GROUP BY o.customer_id, l.level""";

    /** One table beside another, and one that is everywhere; what is grouped by another column comes to the coordinator in parts. */
    private static final String WITH_REFERENCE = """
                                                 SELECT c.region, b.label, count(*) AS n, max(o.amount) AS most
                                                 FROM orders o
                                                 JOIN customers c ON c.customer_id = o.customer_id
                                                 JOIN bands b ON b.low = o.qty
                                                 GROUP BY c.region, b.label""";

    @Test
    void everyStepSaysHowCitusRunsIt() throws SQLException, JsonProcessingException {
        Database database = DATABASE.get();
        SourceTables.of(database.cluster()).create(database);
        try (DaemonProcess daemon = DaemonProcess.start(database)) {
            StreamTables streamTables = new StreamTables(database);
            streamTables.create("moving", MOVING, "output_distribution_column => 'customer_id'");
            streamTables.create("moving_to_coordinator", MOVING);
            streamTables.create("with_reference", WITH_REFERENCE);
            assertExplained(database, "moving", Strategy.SHUFFLE, Strategy.BROADCAST, Strategy.COLOCATED);
            assertExplained(database, "moving_to_coordinator", Strategy.SHUFFLE, Strategy.BROADCAST, Strategy.COORDINATOR);
            assertThat(assertExplained(database, "with_reference", Strategy.TWO_PHASE, Strategy.COORDINATOR))
                    .contains("public.bands, a reference table, through its mirror");
            daemon.assertStepsRunAsTheySay();
        }
    }

    /** Returns the text for people. */
    private static String assertExplained(Database database, String name, Strategy... strategies)
            throws SQLException, JsonProcessingException {
        assertThat(new StreamTables(database).mode(name)).isEqualTo("DIFFERENTIAL");
        JsonNode explained = JSON.readTree(database.value("SELECT pgtrickle.explain_st('" + name + "', 'json')"));
        List<Step> steps = new ArrayList<>();
        explained.get("programs").forEach(program -> program.get("steps").forEach(step -> steps.add(step(step))));
        assertThat(steps).extracting(Step::strategy).contains(strategies).doesNotContain(Strategy.REPARTITION);
        requireCitusAgrees(database, Set.copyOf(steps));

        String text = database.value("SELECT pgtrickle.explain_st('" + name + "')");
        assertThat(STEP.matcher(text).results().count()).as(text).isEqualTo(steps.size() + explained.get("populate").size());
        for (Strategy strategy : strategies) {
            assertThat(text).contains("[" + strategy.name().toLowerCase(Locale.ROOT).replace('_', '-') + "]");
        }
        return text;
    }

    private static Step step(JsonNode node) {
        return new Step(node.get("comment").asText(), node.get("sql").asText(), Strategy.valueOf(node.get("strategy").asText()),
                Step.WhenEmpty.valueOf(node.get("when_empty").asText()));
    }

    /** Asked as the daemon asks when it creates a stream table. */
    private static void requireCitusAgrees(Database database, Set<Step> steps) throws SQLException {
        Set<Strategy> moving = EnumSet.noneOf(Strategy.class);
        try (Connection connection = database.connect()) {
            connection.setAutoCommit(false);
            WholeQueries.forbid(connection);
            for (Step step : steps) {
                ClusterPlan plan = ClusterPlan.of(connection, step.bind(0, 0));
                assertThat(plan.contradicts(step.strategy())).as("%s as %s\n%s", step.sql(), step.strategy(), plan).isEmpty();
                if (plan.contradicts(Strategy.COLOCATED).isPresent()) {
                    moving.add(step.strategy());
                }
            }
            connection.rollback();
        }
        // Citus is asked a question that it could also deny.
        assertThat(moving).doesNotContain(Strategy.COLOCATED).isNotEmpty();
    }
}
