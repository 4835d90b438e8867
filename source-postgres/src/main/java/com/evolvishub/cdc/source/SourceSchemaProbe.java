package com.evolvishub.cdc.source;

import com.evolvishub.cdc.planner.physical.Pipeline;
import com.evolvishub.cdc.planner.physical.PollScan;
import com.evolvishub.cdc.runtime.pipeline.KeyLookupRequests;
import com.evolvishub.cdc.runtime.pipeline.PipelineStatus;
import com.evolvishub.cdc.runtime.row.RowSchema;
import com.evolvishub.cdc.source.poll.DuplicateEffect;
import com.evolvishub.cdc.source.poll.PollOpener;
import com.evolvishub.cdc.source.schedule.SourceClocks;
import com.evolvishub.cdc.source.session.SourceErrorClassifier;
import com.evolvishub.cdc.source.session.SourceException;
import com.evolvishub.cdc.source.session.SourceSession;
import com.evolvishub.cdc.source.split.PostgresSplit;
import java.sql.SQLException;
import java.util.Optional;

/** Queries the schema of a mapping's rows as its reader will see it, without reading rows. */
public final class SourceSchemaProbe {

    private SourceSchemaProbe() {}

    /**
     * The schema of the rows, without a key that only the destination determines.
     *
     * @throws SourceException if the source is unreachable or lacks something that the file names
     */
    public static RowSchema schema(Pipeline pipeline) {
        PollScan scan = pipeline.scan();
        try (SourceSession session = SourceSession.open(scan.source().connection(), "preflight")) {
            PostgresSplit unread = PostgresSplit.initial(pipeline.identity());
            return new PollOpener(
                            "preflight",
                            scan,
                            new PipelineStatus(),
                            SourceClocks.system(),
                            DuplicateEffect.DUPLICATED,
                            new KeyLookupRequests())
                    .describeSource(session, unread, Optional.empty())
                    .layout()
                    .schema();
        } catch (SQLException failure) {
            throw SourceErrorClassifier.toException(failure);
        }
    }
}
