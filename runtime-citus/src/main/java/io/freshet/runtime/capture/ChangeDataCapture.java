package io.freshet.runtime.capture;

import io.freshet.errors.ErrorCode;
import io.freshet.errors.FreshetException;
import io.freshet.runtime.topology.Node;
import io.freshet.runtime.topology.NodeSession;
import java.sql.SQLException;
import java.util.Optional;

/**
 * Citus's setting {@code citus.enable_change_data_capture}. The rows that a shard's move copies show as new ones if the session that moves it does not have it on, so it
 * must be on for whoever may move one.
 */
public final class ChangeDataCapture {
    /** Its name first: the values of other settings need not be boolean, and the planner asks for conditions in any order. */
    private static final String OF_ROLES = """
                                           SELECT coalesce(current_setting('citus.enable_change_data_capture', true), 'off'),
                                                  (SELECT string_agg(format(CASE WHEN o.setrole <> 0 AND o.setdatabase <> 0 THEN 'ALTER ROLE %1$I IN DATABASE %2$I RESET %3$s;'
                                                                                 WHEN o.setrole <> 0 THEN 'ALTER ROLE %1$I RESET %3$s;'
                                                                                 WHEN o.setdatabase <> 0 THEN 'ALTER DATABASE %2$I RESET %3$s;'
                                                                                 ELSE 'ALTER ROLE ALL RESET %3$s;' END,
                                                                            r.rolname, current_database(), lower(split_part(c.setting, '=', 1))), ' ')
                                                   FROM pg_catalog.pg_db_role_setting o
                                                   LEFT JOIN pg_catalog.pg_roles r ON r.oid = o.setrole
                                                   CROSS JOIN unnest(o.setconfig) AS c (setting)
                                                   WHERE o.setdatabase IN (0, (SELECT d.oid FROM pg_catalog.pg_database d WHERE d.datname = current_database()))
                                                     AND CASE WHEN lower(split_part(c.setting, '=', 1)) = 'citus.enable_change_data_capture'
                                                              THEN r.rolname = current_user OR NOT split_part(c.setting, '=', 2)::boolean ELSE false END)
                                           """;

    private ChangeDataCapture() {
    }

    /**
     * Checks a node that has Citus. One for which this session's role has a setting of its own is refused as well: what others have cannot be asked then.
     *
     * @throws FreshetException CITUS_CDC_DISABLED
     */
    public static void require(NodeSession session, Node node) throws SQLException {
        NodeSession.Row row = session.one(OF_ROLES);
        Optional<String> resets = row.optional(2);
        String name = "citus.enable_change_data_capture of " + node;
        String cure = "On " + node + ": ALTER SYSTEM SET citus.enable_change_data_capture = on; SELECT pg_reload_conf();";
        if (resets.isPresent()) {
            throw FreshetException.of(ErrorCode.CITUS_CDC_DISABLED, name
                    + " is not known to be on for everybody: where somebody moves a shard without it, its rows show as new ones")
                    .withHint(cure + " " + resets.get());
        }
        if (!row.text(1).equals("on")) {
            throw FreshetException.of(ErrorCode.CITUS_CDC_DISABLED, name + " is off").withHint(cure);
        }
    }
}
