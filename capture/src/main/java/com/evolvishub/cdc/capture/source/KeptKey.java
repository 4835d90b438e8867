package com.evolvishub.cdc.capture.source;

import com.evolvishub.cdc.capture.postgres.RelationDescription;
import com.evolvishub.cdc.capture.postgres.RelationReader;
import com.evolvishub.cdc.capture.postgres.SourceException;
import com.evolvishub.cdc.capture.postgres.SourceSession;
import com.evolvishub.cdc.planner.physical.PollScan;
import com.evolvishub.cdc.planner.physical.Relation;
import java.sql.SQLException;
import java.util.List;

/**
 * Looks whether a key that was decided earlier still tells the rows of its table apart. After
 * {@code DROP CONSTRAINT orders_pkey, ADD PRIMARY KEY (tenant, id)} two rows may have one {@code
 * id}, and the one that is read later would take the other's place at the destination.
 */
final class KeptKey {

    private final String mapping;
    private final PollScan scan;

    KeptKey(String mapping, PollScan scan) {
        this.mapping = mapping;
        this.scan = scan;
    }

    /**
     * A key that the file names is the user's word. Without a primary key there was none before, or
     * it was dropped: nothing says that other columns tell rows apart now.
     *
     * @throws SourceException if the table has another primary key, and nothing keeps this one
     *     unique
     */
    void check(SourceSession session, RowKey key, RelationDescription found) throws SQLException {
        List<String> primary = found.primaryKey();
        boolean chosen =
                !scan.key().isEmpty()
                        || key.columns().isEmpty()
                        || scan.excluded().stream().anyMatch(primary::contains);
        if (chosen || primary.isEmpty() || key.columns().containsAll(primary)) {
            return;
        }
        if (scan.relation() instanceof Relation.Table table
                && !new RelationReader(session).isUnique(table, key.columns())) {
            String columns = String.join(", ", key.columns());
            throw SourceException.permanent(
                    "key",
                    "the primary key of %s is now (%s); rows are told apart by (%s), which nothing keeps unique any more, so that they would overwrite each other. Give the destination's table the same key and start with --reset %s to load anew; or, if (%s) still tells rows apart, name key: [%s] in the mapping and start with --accept-change %s"
                            .formatted(
                                    found.label(),
                                    String.join(", ", primary),
                                    columns,
                                    mapping,
                                    columns,
                                    columns,
                                    mapping));
        }
    }
}
