package com.evolvishub.cdc.planner.explain;

import com.evolvishub.cdc.planner.catalog.Catalog;
import com.evolvishub.cdc.planner.catalog.Catalog.ColumnFacts;
import com.evolvishub.cdc.planner.catalog.DeleteConfirmation;
import com.evolvishub.cdc.planner.physical.Capture;
import com.evolvishub.cdc.planner.physical.PollScan;
import com.evolvishub.cdc.planner.sql.PollQuery.Placeholder;
import com.evolvishub.cdc.planner.sql.Relation;
import com.evolvishub.cdc.planner.sql.ScanSql;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * Explains when a row that reads miss is deleted (diff) or evicted from the dedupe state (query).
 */
public final class DeleteNotes {

    private DeleteNotes() {}

    /**
     * Queries whether the locks of a poll cover all that it reads; empty: the mapping detects no
     * missing rows, or the source cannot be queried now.
     *
     * @param columns of the relation, in order
     */
    public static Optional<DeleteConfirmation> lookUp(
            PollScan scan, List<ColumnFacts> columns, Catalog catalog) {
        if (scan.capture() instanceof Capture.ByWatermark) {
            return Optional.empty();
        }
        List<String> selected =
                columns.stream().map(ColumnFacts::name).filter(scan::selects).toList();
        Function<Placeholder, String> literals =
                placeholder -> placeholder == Placeholder.LAST_SYNC ? "NULL" : PollNotes.ALL_ROWS;
        Optional<String> query =
                scan.relation() instanceof Relation.Query userQuery
                        ? Optional.of(userQuery.query().render(literals))
                        : Optional.empty();
        String select = new ScanSql(scan.relation(), selected, List.of()).all(literals);
        return catalog.deleteConfirmation(scan.source(), query, select);
    }

    /** For {@code validate}: what delays deletes or makes them uncertain. */
    public static Optional<String> note(PollScan scan, DeleteConfirmation confirmation) {
        String action = scan.capture() instanceof Capture.ByDiff ? "deleted" : "forgotten";
        return switch (confirmation.kind()) {
            case LOCKED, UNKNOWN -> Optional.empty();
            case TWO_READS ->
                    Optional.of(
                            "a row is %s once two reads in a row miss it: %s"
                                    .formatted(action, confirmation.reason()));
            case BEST_EFFORT ->
                    Optional.of(
                            "%s best effort, once two reads in a row miss a row: %s, so that a table behind it that is just being filled anew may be taken for empty"
                                    .formatted(
                                            scan.capture() instanceof Capture.ByDiff
                                                    ? "deletes are"
                                                    : "forgetting rows is",
                                            confirmation.reason()));
        };
    }

    /** For {@code explain}; empty: the mapping detects no missing rows. */
    static Optional<String> line(PollScan scan, Optional<DeleteConfirmation> confirmation) {
        if (scan.capture() instanceof Capture.ByWatermark) {
            return Optional.empty();
        }
        String row =
                scan.capture() instanceof Capture.ByDiff
                        ? "a row is deleted at the destination"
                        : "nothing is deleted; a row is forgotten, and sent anew if it comes again,";
        if (confirmation.isEmpty()) {
            return Optional.of(
                    row + " once one read misses it, or two in a row where a lock cannot cover it");
        }
        DeleteConfirmation known = confirmation.get();
        return Optional.of(
                switch (known.kind()) {
                    case LOCKED ->
                            row
                                    + " once one read misses it: all that is read is locked before the snapshot";
                    case TWO_READS -> row + " once two reads in a row miss it:\n" + known.reason();
                    case BEST_EFFORT -> "warning: " + note(scan, known).orElseThrow();
                    case UNKNOWN ->
                            row
                                    + " once one read misses it, or two in a row where a lock cannot cover it; not found out: "
                                    + known.reason();
                });
    }
}
