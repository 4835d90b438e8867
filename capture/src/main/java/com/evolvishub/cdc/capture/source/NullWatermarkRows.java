package com.evolvishub.cdc.capture.source;

import com.evolvishub.cdc.capture.postgres.SourceException;
import com.evolvishub.cdc.capture.source.Opening.Request;
import com.evolvishub.cdc.flow.LaneStatus;
import com.evolvishub.cdc.planner.physical.Capture;
import com.evolvishub.cdc.planner.physical.Relation;
import com.evolvishub.cdc.planner.physical.ScanSql;
import com.evolvishub.cdc.planner.spec.NullWatermark;
import java.sql.SQLException;
import java.util.Optional;

/**
 * The rows whose watermark is NULL. Without an index that begins with the watermark, counting them
 * reads the whole relation.
 */
final class NullWatermarkRows implements Poll.Aside {

    private final Capture.ByWatermark by;
    private final Relation relation;
    private final Request request;
    private final LaneStatus status;

    NullWatermarkRows(
            Capture.ByWatermark by, Relation relation, Request request, LaneStatus status) {
        this.by = by;
        this.relation = relation;
        this.request = request;
        this.status = status;
    }

    @Override
    public Optional<String> count() throws SQLException {
        ScanSql sql = by.ordering(request.survey().sql(relation));
        long rows =
                request.session()
                        .askForCounts(
                                sql.aside(
                                        by.column(),
                                        "",
                                        request.survey().literals(PollOpener::lowest)))
                        .get(0);
        status.nullWatermarks.set(rows);
        if (rows == 0 || by.nullWatermark() == NullWatermark.IGNORE) {
            return Optional.empty();
        }
        if (by.nullWatermark() == NullWatermark.FAIL) {
            throw SourceException.permanent(
                    "watermark",
                    "%d rows of %s have no watermark: %s is NULL, and null_watermark is fail. Give them one, or set null_watermark to ignore or include_once"
                            .formatted(rows, request.found().label(), by.column()));
        }
        return Optional.of(
                sql.withoutWatermark(by.column(), request.survey().literals(PollOpener::lowest)));
    }
}
