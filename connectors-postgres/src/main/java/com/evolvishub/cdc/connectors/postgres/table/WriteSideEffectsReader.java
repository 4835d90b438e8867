package com.evolvishub.cdc.connectors.postgres.table;

import com.evolvishub.cdc.connectors.postgres.session.PostgresSession;
import com.evolvishub.cdc.connectors.postgres.table.WriteSideEffects.Rule;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Reads a table's {@link WriteSideEffects} from the catalog, in the caller's transaction. */
final class WriteSideEffectsReader {

    // a command without a permissive policy for the role is denied for all rows; triggers of
    // partitions count; bits of tgtype: 1 for each row, 2 before
    private static final String SELECT =
            """
            SELECT current_user AS role, row_security_active(c.oid) AS secured,
                   ARRAY(SELECT command FROM (VALUES ('SELECT', 'r'), ('INSERT', 'a'),
                                                     ('UPDATE', 'w'), ('DELETE', 'd'))
                                        AS commands (command, code)
                         WHERE row_security_active(c.oid) AND NOT EXISTS (
                             SELECT FROM pg_policy p
                             WHERE p.polrelid = c.oid AND p.polpermissive
                               AND p.polcmd IN ('*', code)
                               AND EXISTS (SELECT FROM unnest(p.polroles) AS r (oid)
                                           WHERE r.oid = 0 OR pg_has_role(r.oid, 'USAGE'))))
                       AS unpoliced,
                   EXISTS (SELECT FROM pg_trigger t
                           WHERE NOT t.tgisinternal AND t.tgenabled IN ('O', 'A')
                             AND t.tgtype & 3 = 3
                             AND (t.tgrelid = c.oid
                                  OR t.tgrelid IN (SELECT relid FROM pg_partition_tree(c.oid))))
                       AS triggers,
                   ARRAY(SELECT format('foreign key %I of %s, ON DELETE %s', k.conname,
                                       k.conrelid::regclass,
                                       CASE k.confdeltype WHEN 'c' THEN 'CASCADE'
                                                          WHEN 'n' THEN 'SET NULL'
                                                          ELSE 'SET DEFAULT' END)
                         FROM pg_constraint k
                         WHERE k.contype = 'f' AND k.confrelid = c.oid AND k.conparentid = 0
                           AND k.confdeltype IN ('c', 'n', 'd') ORDER BY k.conname) AS cascades
            FROM pg_class c WHERE c.oid = ?\
            """;

    private static final String RULES =
            """
            SELECT rulename, is_instead,
                   CASE ev_type WHEN '2' THEN 'UPDATE' WHEN '3' THEN 'INSERT' ELSE 'DELETE' END
                       AS event
            FROM pg_rewrite
            WHERE ev_class = ? AND ev_type IN ('2', '3', '4') AND ev_enabled IN ('O', 'A')
            ORDER BY rulename\
            """;

    private final PostgresSession session;

    WriteSideEffectsReader(PostgresSession session) {
        this.session = session;
    }

    WriteSideEffects of(long table) throws SQLException {
        try (PreparedStatement select = session.connection().prepareStatement(SELECT)) {
            select.setLong(1, table);
            try (ResultSet row = select.executeQuery()) {
                if (!row.next()) {
                    return WriteSideEffects.NONE;
                }
                return new WriteSideEffects(
                        row.getString("role"),
                        row.getBoolean("secured"),
                        Set.of((String[]) row.getArray("unpoliced").getArray()),
                        rules(table),
                        List.of((String[]) row.getArray("cascades").getArray()),
                        row.getBoolean("triggers"));
            }
        }
    }

    private List<Rule> rules(long table) throws SQLException {
        List<Rule> rules = new ArrayList<>();
        try (PreparedStatement select = session.connection().prepareStatement(RULES)) {
            select.setLong(1, table);
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    rules.add(
                            new Rule(
                                    row.getString("rulename"),
                                    row.getString("event"),
                                    row.getBoolean("is_instead")));
                }
            }
        }
        return rules;
    }
}
