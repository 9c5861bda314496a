package io.freshet.it.drift;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.it.cluster.Database;
import io.freshet.it.cluster.Database.SqlFailure;
import io.freshet.it.cluster.Server;
import io.freshet.it.daemon.Await;
import io.freshet.it.daemon.DaemonProcess;
import io.freshet.it.daemon.StreamTables;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;

/**
 * What operators and bad luck do to a cluster while stream tables are kept. Each returns when it is over, whether or not the daemon has recovered, and
 * says whether it was done: writers and epochs can be in its way.
 */
enum Disturbance {
    MOVE_A_SHARD {
        @Override
        boolean happen(Target target, Random random) {
            String table = random.nextBoolean() ? "orders" : "log_lines";
            return target.moveShard(table, random.nextBoolean() ? "block_writes" : "force_logical", random);
        }
    },
    SPLIT_A_SHARD {
        @Override
        boolean happen(Target target, Random random) {
            return target.splitShard("log_lines", random);
        }
    },
    KILL_THE_DAEMON {
        @Override
        boolean happen(Target target, Random random) {
            // Not a wait for anything: any moment of an epoch is to be hit.
            LockSupport.parkNanos(random.nextLong(500_000_000));
            target.daemon.kill();
            target.daemon = DaemonProcess.start(target.database);
            return true;
        }
    },
    KILL_A_WORKER {
        @Override
        boolean happen(Target target, Random random) {
            List<Server> workers = target.database.cluster().workers();
            return target.killAndRestart(workers.get(random.nextInt(workers.size())));
        }
    },
    KILL_THE_COORDINATOR {
        @Override
        boolean happen(Target target, Random random) {
            return target.killAndRestart(target.database.cluster().coordinator());
        }
    },
    END_A_STREAM {
        @Override
        boolean happen(Target target, Random random) {
            List<Server> servers = new ArrayList<>(target.database.cluster().servers());
            Collections.rotate(servers, random.nextInt(servers.size()));
            // The first that has one: workers that are polled have none.
            return servers.stream().anyMatch(target::endStream);
        }
    },
    /** So long that a worker's absence is told, and shards that need it wait. */
    LET_A_WORKER_BE_AWAY {
        @Override
        boolean happen(Target target, Random random) {
            List<Server> workers = target.database.cluster().workers();
            Server away = workers.get(random.nextInt(workers.size()));
            away.kill();
            Await.until("it is told that the worker is away", () -> target.database
                    .value("SELECT coalesce(bool_or(consecutive_failures >= 3), false) FROM pgtrickle.pgt_worker_slots WHERE port = "
                            + away.port())
                    .equals("t"));
            return target.restart(away);
        }
    },
    REWRITE_A_COLUMN {
        @Override
        boolean happen(Target target, Random random) {
            return target.alter("ALTER TABLE log_lines ALTER COLUMN n TYPE int USING n + 0");
        }
    },
    ADD_A_COLUMN {
        @Override
        boolean happen(Target target, Random random) {
            String column = "extra_" + random.nextInt(1_000_000);
            return target.alter("ALTER TABLE orders ADD COLUMN " + column + " int DEFAULT 7");
        }
    },
    TRUNCATE {
        @Override
        boolean happen(Target target, Random random) {
            return target.alter("TRUNCATE log_lines");
        }
    },
    CREATE_AND_DROP_A_STREAM_TABLE {
        @Override
        boolean happen(Target target, Random random) {
            String name = "passing_" + random.nextInt(1_000_000);
            StreamTables streamTables = new StreamTables(target.database);
            streamTables.create(name, "SELECT status, count(*) AS n, sum(amount) AS total FROM orders GROUP BY status");
            assertThat(streamTables.verify(name).differingRows()).isZero();
            streamTables.drop(name);
            return true;
        }
    };

    /** Of statements that met a DDL of others. */
    private static final String INTERNAL_ERROR = "XX000";

    abstract boolean happen(Target target, Random random);

    /** Each once, in an order that depends on the random numbers only. */
    static List<Disturbance> shuffled(Random random) {
        List<Disturbance> all = new ArrayList<>(List.of(values()));
        Collections.shuffle(all, random);
        return all;
    }

    /** What is disturbed: a database and the daemon that serves it. */
    static final class Target implements AutoCloseable {
        private final Database database;
        private DaemonProcess daemon;

        private Target(Database database, DaemonProcess daemon) {
            this.database = database;
            this.daemon = daemon;
        }

        static Target start(Database database) {
            return new Target(database, DaemonProcess.start(database));
        }

        private boolean killAndRestart(Server server) {
            server.kill();
            return restart(server);
        }

        private boolean restart(Server server) {
            server.restart();
            Await.until("the server answers again", () -> {
                try {
                    return database.on(server).value("SELECT 1").equals("1");
                } catch (SqlFailure notYet) {
                    return false;
                }
            });
            return true;
        }

        private boolean endStream(Server server) {
            return database.on(server).rows("SELECT pg_terminate_backend(active_pid) FROM pg_replication_slots"
                    + " WHERE database = current_database() AND active").contains("t");
        }

        private boolean moveShard(String table, String mode, Random random) {
            String[] shard = chooseShard(table, random);
            List<Server> workers = database.cluster().workers();
            Server from = workers.stream().filter(w -> w.port() == Integer.parseInt(shard[1])).findFirst().orElseThrow();
            Server to = workers.stream().filter(w -> w.port() != from.port()).findFirst().orElseThrow();
            return alter("SELECT citus_move_shard_placement(%s, '%s', %d, '%s', %d, '%s')".formatted(shard[0], Server.HOST,
                    from.port(),
                    Server.HOST, to.port(), mode));
        }

        /** Writers wait: one that does not let them wait never ends while rows of a table with REPLICA IDENTITY FULL are updated. */
        private boolean splitShard(String table, Random random) {
            String[] shard = chooseShard(table, random);
            String middle = database
                    .value("SELECT (shardminvalue::bigint + shardmaxvalue::bigint) / 2 FROM pg_dist_shard WHERE shardid = "
                            + shard[0]);
            return alter(
                    "SELECT citus_split_shard_by_split_points(%s, ARRAY['%s'], ARRAY[(SELECT nodeid FROM pg_dist_node WHERE nodeport = %s)]"
                            .formatted(shard[0], middle, shard[1])
                            + "::int[] || (SELECT nodeid FROM pg_dist_node WHERE nodeport = " + shard[1] + "), 'block_writes')");
        }

        private String[] chooseShard(String table, Random random) {
            List<String> shards = database.rows("SELECT shardid, nodeport FROM citus_shards WHERE table_name = '" + table
                    + "'::regclass ORDER BY shardid");
            return shards.get(random.nextInt(shards.size())).split("\\|");
        }

        /** A statement that writers or epochs may be in the way of, for once. */
        private boolean alter(String statement) {
            Optional<SqlFailure> failure = Operation.tryTo(database.on(database.cluster().coordinator()), statement,
                    INTERNAL_ERROR);
            failure.ifPresent(last -> System.out
                    .println("soak: not done, as others were in the way: " + last.getMessage().lines().findFirst().orElse("")));
            return failure.isEmpty();
        }

        @Override
        public void close() {
            daemon.close();
        }
    }
}
