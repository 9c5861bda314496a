package io.freshet.ivm.program;

import io.freshet.ivm.ManagedNames;
import io.freshet.ivm.Step;
import io.freshet.planner.catalog.TableName;
import io.freshet.planner.print.Quoting;

/**
 * What all ways of keeping a stream table share.
 *
 * @param query the user's text
 * @param home where the tables lie
 */
public record Workshop(TableName streamTable, UserQuery query, PlanText text, Home home) {

    String table() {
        return Quoting.table(streamTable);
    }

    TableName stateName() {
        return ManagedNames.state(streamTable);
    }

    TableName stageName() {
        return ManagedNames.stage(streamTable);
    }

    String state() {
        return Quoting.table(stateName());
    }

    String stage() {
        return Quoting.table(stageName());
    }

    /** A step that reads sources or change tables. */
    Step reading(String comment, String sql) {
        return new Step(comment, sql, home.reading(), Step.WhenEmpty.GO_ON);
    }

    /** A step that touches the stream table and its companions only. */
    Step merging(String comment, String sql) {
        return new Step(comment, sql, home.merging(), Step.WhenEmpty.GO_ON);
    }

    /** A step that fills the stage; with nothing staged there is nothing to do. */
    Step staging(String comment, String sql) {
        return new Step(comment, sql, home.reading(), Step.WhenEmpty.END);
    }

    Step emptyStage() {
        return merging("Empty the staging table.", "DELETE FROM " + stage());
    }
}
