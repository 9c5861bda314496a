package io.freshet.ivm.program;

import io.freshet.ivm.ManagedNames;
import io.freshet.ivm.Step;
import io.freshet.ivm.Strategy;
import io.freshet.planner.catalog.TableName;
import io.freshet.planner.print.Quoting;
import io.freshet.planner.print.Relation;
import java.util.Optional;

/**
 * What all ways of keeping a stream table share.
 *
 * @param query the user's text, or that of its plan over mirrors
 * @param home where the tables lie
 * @param gathering how the rows of the query's linear part come together
 */
public record Workshop(TableName streamTable, UserQuery query, PlanText text, Home home, Gathering gathering) {

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

    /** A step that reads whole sources. */
    Step reading(String comment, String sql) {
        Strategy strategy = switch (gathering) {
            case Gathering.InPlace inPlace -> home.reading();
            case Gathering.Moving moving -> Strategy.REPARTITION;
        };
        return new Step(comment, sql, strategy, Step.WhenEmpty.GO_ON);
    }

    /** How the stream table is distributed. */
    Optional<ManagedTable.Distribution> ofTable() {
        return home.ofTable();
    }

    /** How a companion is distributed that has the stream table's columns. */
    Optional<ManagedTable.Distribution> ofCompanion() {
        return home.ofCompanion(streamTable, Optional::of);
    }

    /** How a companion is distributed that has the groups' keys. */
    Optional<ManagedTable.Distribution> ofCompanion(Groups groups) {
        return home.ofCompanion(streamTable, groups::companionColumn);
    }

    /** A step that touches the stream table and its companions only. */
    Step merging(String comment, String sql) {
        return new Step(comment, sql, home.merging(), Step.WhenEmpty.GO_ON);
    }

    /** A step that fills the stage; with nothing staged there is nothing to do. */
    Step staging(String comment, String sql) {
        return new Step(comment, sql, unlessMoved(home.staging()), Step.WhenEmpty.END);
    }

    /** A step that reads rows of some groups which a gatherer has brought together. */
    Step using(String comment, String sql) {
        return new Step(comment, sql, unlessMoved(home.evaluating()), Step.WhenEmpty.GO_ON);
    }

    /**
     * The keys of groups, as rows that the groups' own rows are joined with. Where those lie on other shards the keys go to every node: OFFSET 0
     * keeps Citus from joining the tables below instead, for which it would repartition them when both are distributed by the key.
     *
     * @param query over managed tables
     */
    Relation keys(String query, String alias) {
        boolean sent = gathering instanceof Gathering.InPlace && home.evaluating() == Strategy.BROADCAST;
        return Relation.Query.of(sent ? query + "\nOFFSET 0" : query).as(alias);
    }

    /** Rows that had to move have come to where the stream table lies. */
    private Strategy unlessMoved(Strategy inPlaceStrategy) {
        return switch (gathering) {
            case Gathering.InPlace inPlace -> inPlaceStrategy;
            case Gathering.Moving moving -> home.merging();
        };
    }

    Step emptyStage() {
        return merging("Empty the staging table.", "DELETE FROM " + stage());
    }
}
