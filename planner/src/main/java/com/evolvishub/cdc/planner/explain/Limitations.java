package com.evolvishub.cdc.planner.explain;

import com.evolvishub.cdc.planner.physical.Capture;
import com.evolvishub.cdc.planner.physical.PollScan;
import java.util.ArrayList;
import java.util.List;

/** Changes that the polls of a mapping do not detect. */
final class Limitations {

    private Limitations() {}

    static List<String> of(PollScan scan) {
        List<String> limitations = new ArrayList<>();
        if (scan.capture() instanceof Capture.ByWatermark by) {
            limitations.add(
                    scan.deleteWhen().isEmpty()
                            ? "rows that are deleted; delete_when names a column that marks them,"
                                    + " capture: diff finds them"
                            : "rows that are deleted without being marked in " + scan.deleteWhen());
            limitations.add(
                    "the old key of a row whose key is changed: it stays at the destination;"
                            + " capture: diff deletes it");
            limitations.add("versions of a row that are overwritten between two polls");
            limitations.add(
                    "rows that are written with an old %s: a backfill, ATTACH PARTITION, COPY of old"
                                    .formatted(by.column())
                            + " data; --reset sends all rows again, capture: diff finds them");
            limitations.add(
                    "changes that do not move "
                            + by.column()
                            + ", such as one in another table that a view joins");
            limitations.add(
                    switch (by.nullWatermark()) {
                        case IGNORE ->
                                "rows whose "
                                        + by.column()
                                        + " is NULL; they are counted (null_watermark)";
                        case INCLUDE_ONCE ->
                                "changes of rows whose "
                                        + by.column()
                                        + " is NULL; each is sent once (null_watermark)";
                        case FAIL ->
                                "nothing past a row whose "
                                        + by.column()
                                        + " is NULL: the mapping stops there (null_watermark)";
                    });
        } else if (scan.capture() instanceof Capture.ByQuery) {
            limitations.add("rows that are deleted; capture: diff finds them, without last_sync");
            limitations.add(
                    "the old key of a row whose key is changed: it stays at the destination");
            limitations.add("versions of a row that are overwritten between two polls");
            limitations.add(
                    "changes that the query's own condition on last_sync does not let through");
        } else {
            limitations.add("versions of a row that are overwritten between two polls");
            limitations.add("a row that is deleted and put back unchanged between two polls");
            limitations.add(
                    "that a row is gone which a policy of row-level security merely hides, where the"
                            + " policy itself did not change");
        }
        return limitations;
    }
}
