package com.evolvishub.cdc.capture.source;

import com.evolvishub.cdc.capture.postgres.SourceException;
import com.evolvishub.cdc.capture.postgres.SourceFailure;
import com.evolvishub.cdc.capture.postgres.SourceSession;
import com.evolvishub.cdc.flow.KeyLookups;
import com.evolvishub.cdc.flow.LaneStatus;
import com.evolvishub.cdc.flow.RowSchema;
import com.evolvishub.cdc.planner.physical.Pipeline;
import com.evolvishub.cdc.planner.physical.PollScan;
import java.sql.SQLException;
import java.util.Optional;

/** Asks a source what rows of a mapping will look like, as its reader will; reads none of them. */
public final class SourceProbe {

    private SourceProbe() {}

    /**
     * The schema of the rows to come. A key that only the destination can tell is left out.
     *
     * @throws SourceException if the source cannot be reached or has not what the file names
     */
    public static RowSchema schema(Pipeline pipeline) {
        PollScan scan = pipeline.scan();
        try (SourceSession session = SourceSession.open(scan.source().connection(), "preflight")) {
            WatermarkSplit unread = WatermarkSplit.fresh(pipeline.identity());
            return new PollOpener(
                            "preflight",
                            scan,
                            new LaneStatus(),
                            Clocks.system(),
                            Repeats.DOUBLED,
                            new KeyLookups())
                    .survey(session, unread, Optional.empty())
                    .layout()
                    .schema();
        } catch (SQLException failure) {
            throw SourceFailure.of(failure);
        }
    }
}
