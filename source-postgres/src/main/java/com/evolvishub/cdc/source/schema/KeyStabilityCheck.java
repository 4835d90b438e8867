package com.evolvishub.cdc.source.schema;

import com.evolvishub.cdc.planner.physical.PollScan;
import com.evolvishub.cdc.planner.sql.Relation;
import com.evolvishub.cdc.source.catalog.RelationDescriber;
import com.evolvishub.cdc.source.catalog.RelationDescription;
import com.evolvishub.cdc.source.session.SourceException;
import com.evolvishub.cdc.source.session.SourceSession;
import com.evolvishub.cdc.source.split.RowKey;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/**
 * Checks that the primary key columns that a mapping started with still identify the rows of its
 * table. After {@code DROP CONSTRAINT orders_pkey, ADD PRIMARY KEY (tenant, id)}, or without any
 * primary key, two rows may have the same {@code id}, and the later one would overwrite the other
 * at the destination.
 */
public final class KeyStabilityCheck {

    private static final List<String> INDEXED = List.of("table", "partitioned table");

    private final String mapping;
    private final PollScan scan;

    public KeyStabilityCheck(String mapping, PollScan scan) {
        this.mapping = mapping;
        this.scan = scan;
    }

    /**
     * Checks a key that was derived from the source. A key named in the file or taken from the
     * destination's table is not checked.
     *
     * @throws SourceException if the table has another primary key or none, and no unique index
     *     covers the columns of the former one
     */
    public void check(SourceSession session, RowKey key, RelationDescription relation)
            throws SQLException {
        List<String> primary = relation.primaryKey();
        boolean unchanged = !primary.isEmpty() && key.columns().containsAll(primary);
        if (key.decidedBy() != RowKey.DecidedBy.SOURCE || unchanged) {
            return;
        }
        if (scan.relation() instanceof Relation.Table table
                && !new RelationDescriber(session).isUnique(table, key.columns())) {
            throw SourceException.permanent("key", cause(key.columns(), relation));
        }
    }

    private String cause(List<String> former, RelationDescription relation) {
        List<String> missing = new ArrayList<>(former);
        relation.columns().forEach(column -> missing.remove(column.name()));
        String primary = String.join(", ", relation.primaryKey());
        String columns = String.join(", ", former);
        if (!missing.isEmpty()) {
            return "%s has no column %s any more; rows are identified by (%s). Give the column its name back; or give the destination's table %s and start with --reset %s to load anew"
                    .formatted(
                            relation.label(),
                            String.join(", ", missing),
                            columns,
                            primary.isEmpty() ? "another key" : "the new key (" + primary + ")",
                            mapping);
        }
        String found;
        if (!primary.isEmpty()) {
            found =
                    "the primary key of %s is now (%s); give the destination's table the same key and start with --reset %s to load anew"
                            .formatted(relation.label(), primary, mapping);
        } else if (INDEXED.contains(relation.kind())) {
            found =
                    "%s has no primary key any more; put it back, or create a unique index on (%s)"
                            .formatted(relation.label(), columns);
        } else {
            found = relation.label() + " has no primary key, as the table of that name had";
        }
        return "%s. Rows are identified by (%s), which nothing keeps unique any more, so that they would overwrite each other. If (%s) still identifies rows, name key: [%s] in the mapping and start with --accept-change %s"
                .formatted(found, columns, columns, columns, mapping);
    }
}
