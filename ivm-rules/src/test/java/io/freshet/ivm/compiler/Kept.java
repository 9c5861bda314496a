package io.freshet.ivm.compiler;

import static org.assertj.core.api.Assertions.assertThat;

import io.freshet.ivm.ChangeTable;
import io.freshet.ivm.CompiledStreamTable;
import io.freshet.ivm.Step;
import io.freshet.planner.catalog.Table;
import io.freshet.planner.catalog.TableName;
import io.freshet.planner.print.Quoting;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** A stream table with the epoch that it is at. */
final class Kept {
    private final TestDatabase database;
    private final CompiledStreamTable compiled;
    private final Queries.Query query;
    private long epoch;

    Kept(TestDatabase database, CompiledStreamTable compiled, Queries.Query query) {
        this.database = database;
        this.compiled = compiled;
        this.query = query;
    }

    void create(long atEpoch) throws SQLException {
        for (String statement : compiled.createStatements()) {
            database.execute(statement);
        }
        run(compiled.populate(), atEpoch);
        check("populated");
    }

    void refresh(long toEpoch, String context) throws SQLException {
        Set<TableName> changed = new HashSet<>();
        for (Table source : compiled.sources()) {
            if (database.number("SELECT count(*) FROM " + Quoting.table(ChangeTable.nameFor(source.name()))
                    + " WHERE __pgt_epoch > " + epoch) > 0) {
                changed.add(source.name());
            }
        }
        if (changed.isEmpty()) {
            return;
        }
        run(compiled.program(changed).steps(), toEpoch);
        check(context + ", epoch " + toEpoch + ", changed " + changed);
    }

    private void run(List<Step> steps, long toEpoch) throws SQLException {
        for (Step step : steps) {
            try {
                int rows = database.execute(step.bind(epoch, toEpoch));
                if (rows == 0 && step.whenEmpty() == Step.WhenEmpty.END) {
                    break;
                }
            } catch (SQLException e) {
                throw new SQLException(e.getMessage() + "\n-- " + step.comment() + "\nof " + compiled.definition().query(),
                        e);
            }
        }
        epoch = toEpoch;
    }

    private void check(String context) throws SQLException {
        String table = Quoting.table(compiled.definition().name());
        assertThat(database.number(compiled.verifySql())).as("%s: %s", context, query.sql()).isZero();
        if (query.text() == Queries.Text.IDENTICAL) {
            String columns = String.join(", ", database.columns(query.sql()));
            assertThat(database.rows("SELECT " + columns + " FROM " + table)).as("%s: %s", context, query.sql())
                    .isEqualTo(database.rows(query.sql()));
        }
    }
}
