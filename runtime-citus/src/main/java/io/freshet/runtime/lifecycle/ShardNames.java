package io.freshet.runtime.lifecycle;

/**
 * How Citus's decoder reads a table's name: what follows the last underscore is the id of a shard if C's strtoull takes the whole of it for a number, be it
 * decimal, hexadecimal ({@code 0x18e7f}) or octal ({@code 0307177}). Only signs and blanks before it, which strtoull also takes, are left out.
 */
public final class ShardNames {
    private ShardNames() {
    }

    /**
     * A condition that holds for the shard of a table, wherever the search path leads; on a node without the shard for no table.
     *
     * @param candidate alias of a row of {@code pg_class}
     * @param table alias of the row of {@code pg_class} of the distributed table
     * @param shardId SQL of the shard's id
     */
    public static String isShard(String candidate, String table, String shardId) {
        return """
               (%1$s.relnamespace = %2$s.relnamespace AND %1$s.relname
                   = (SELECT p.name[cardinality(p.name)] FROM pg_catalog.parse_ident(pg_catalog.shard_name(%2$s.oid, %3$s)) AS p (name)))"""
                .formatted(candidate, table, shardId);
    }

    /**
     * @param name SQL of a table's name
     * @return SQL of the shard id that it ends with: a bigint, NULL if there is none
     */
    public static String shardId(String name) {
        return """
               CASE
                   WHEN %1$s !~ '[0-9a-fA-F]$' THEN NULL
                   WHEN %1$s ~ '_[1-9][0-9]{0,17}$' THEN substring(%1$s from '_([0-9]+)$')::bigint
                   WHEN %1$s ~ '_0[xX][0-9a-fA-F]{1,15}$' THEN substring(%1$s from '_(0[xX][0-9a-fA-F]+)$')::bigint
                   WHEN %1$s ~ '_0[0-7]{1,20}$' THEN ('0o' || substring(%1$s from '_0([0-7]+)$'))::bigint
               END""".formatted(name);
    }
}
