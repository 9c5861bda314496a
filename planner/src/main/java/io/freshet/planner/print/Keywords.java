package io.freshet.planner.print;

import java.util.Set;

/**
 * The keywords that cannot stand everywhere as a name without quotes: those that {@code pg_get_keywords()} puts into another category
 * than "unreserved". A test compares the list with a server's.
 */
final class Keywords {
    private static final Set<String> RESERVED = Set
            .of("""
                all analyse analyze and any array as asc asymmetric authorization between bigint binary bit boolean both
                case cast char character check coalesce collate collation column concurrently constraint create cross
                current_catalog current_date current_role current_schema current_time current_timestamp current_user dec
                decimal default deferrable desc distinct do else end except exists extract false fetch float for foreign
                freeze from full grant greatest group grouping having ilike in initially inner inout int integer intersect
                interval into is isnull join json json_array json_arrayagg json_exists json_object json_objectagg
                json_query json_scalar json_serialize json_table json_value lateral leading least left like limit localtime
                localtimestamp merge_action national natural nchar none normalize not notnull null nullif numeric offset on
                only or order out outer overlaps overlay placing position precision primary real references returning right
                row select session_user setof similar smallint some substring symmetric system_user table tablesample then
                time timestamp to trailing treat trim true union unique user using values varchar variadic verbose when
                where window with xmlattributes xmlconcat xmlelement xmlexists xmlforest xmlnamespaces xmlparse xmlpi
                xmlroot xmlserialize xmltable
                """.strip().split("\\s+"));

    /** Those that can still be called: functions and types may have the name, and the grammar has a call of its own for two. */
    private static final Set<String> FUNCTIONS = Set
            .of("""
                authorization binary collation concurrently cross current_schema freeze full ilike inner is isnull join left like natural
                notnull outer overlaps overlay right similar substring tablesample verbose
                """.strip()
                    .split("\\s+"));

    private Keywords() {
    }

    static boolean needsQuotes(String word) {
        return RESERVED.contains(word);
    }

    /** Whether {@code word(..)} calls PostgreSQL's own function of that name. */
    static boolean canBeFunction(String word) {
        return FUNCTIONS.contains(word);
    }

    static Set<String> all() {
        return RESERVED;
    }
}
