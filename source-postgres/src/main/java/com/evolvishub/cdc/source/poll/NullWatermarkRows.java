package com.evolvishub.cdc.source.poll;

import com.evolvishub.cdc.planner.physical.Capture;
import com.evolvishub.cdc.planner.spec.NullWatermarkPolicy;
import com.evolvishub.cdc.planner.sql.Relation;
import com.evolvishub.cdc.planner.sql.ScanSql;
import com.evolvishub.cdc.runtime.pipeline.PipelineStatus;
import com.evolvishub.cdc.source.poll.OpenedPoll.PollContext;
import com.evolvishub.cdc.source.session.SourceException;
import java.sql.SQLException;
import java.util.Optional;

/**
 * Counts and selects the rows whose watermark is NULL. Without an index that begins with the
 * watermark, counting reads the whole relation.
 */
final class NullWatermarkRows implements Poll.NullWatermarkQuery {

    private final Capture.ByWatermark by;
    private final Relation relation;
    private final PollContext context;
    private final PipelineStatus status;

    NullWatermarkRows(
            Capture.ByWatermark by, Relation relation, PollContext context, PipelineStatus status) {
        this.by = by;
        this.relation = relation;
        this.context = context;
        this.status = status;
    }

    @Override
    public Optional<String> count() throws SQLException {
        ScanSql sql = by.withCollation(context.schema().sql(relation));
        long rows =
                context.session()
                        .askForCounts(
                                sql.countOutsideRange(
                                        by.column(),
                                        "",
                                        context.schema().literals(PollOpener::lowestValue)))
                        .get(0);
        status.nullWatermarks.set(rows);
        if (rows == 0 || by.nullWatermark() == NullWatermarkPolicy.IGNORE) {
            return Optional.empty();
        }
        if (by.nullWatermark() == NullWatermarkPolicy.FAIL) {
            throw SourceException.permanent(
                    "watermark",
                    "%d rows of %s have no watermark: %s is NULL, and null_watermark is fail. Give them one, or set null_watermark to ignore or include_once"
                            .formatted(rows, context.found().label(), by.column()));
        }
        return Optional.of(
                sql.withoutWatermark(
                        by.column(), context.schema().literals(PollOpener::lowestValue)));
    }
}
