package com.evolvishub.cdc.job;

import com.evolvishub.cdc.planner.physical.Pipeline;
import com.evolvishub.cdc.planner.spec.DeliveryMode;
import com.evolvishub.cdc.runtime.pipeline.RestoreMode;
import com.evolvishub.cdc.runtime.row.PipelineElement;
import com.evolvishub.cdc.sink.spi.DestinationConnectors;
import com.evolvishub.cdc.sink.spi.TransactionalSinkFactory;
import com.evolvishub.cdc.sink.transactional.TransactionalOperator;
import com.evolvishub.cdc.sink.writer.WriteAheadOperator;
import java.util.List;
import org.apache.flink.streaming.api.datastream.DataStream;

/** What a lane ends in: our own delivery, or a sink of Flink's with a lane's manners before it. */
sealed interface SinkFactory {

    /** The one that the mapping asks for. One that is parked writes nothing, and only keeps. */
    static SinkFactory of(Pipeline pipeline, JobOptions options) {
        if (pipeline.enabled() && pipeline.deliver().mode() == DeliveryMode.TRANSACTIONAL) {
            RestoreMode resumption = options.choices().restoreMode(pipeline);
            TransactionalOperator lane =
                    new TransactionalOperator(pipeline, options.run(), resumption);
            if (options.choices().recovery(pipeline).acceptsLoss()) {
                lane.acceptingLoss();
            }
            return new Transactional(pipeline, lane, resumption);
        }
        WriteAheadOperator delivery =
                new WriteAheadOperator(
                        pipeline,
                        options.run(),
                        options.choices().recovery(pipeline),
                        options.choices().restoreMode(pipeline));
        return new WriteAhead(pipeline, delivery);
    }

    void stopOnQuarantine();

    void awaitPredecessors(List<String> identities);

    void addTo(DataStream<PipelineElement> rows);

    /** The destination keeps the last number. */
    record WriteAhead(Pipeline pipeline, WriteAheadOperator delivery) implements SinkFactory {
        @Override
        public void stopOnQuarantine() {
            delivery.stoppingOnQuarantine();
        }

        @Override
        public void awaitPredecessors(List<String> identities) {
            delivery.awaitingPredecessors(identities);
        }

        @Override
        public void addTo(DataStream<PipelineElement> rows) {
            JobTranslator.configure(delivery.addTo(rows), pipeline, OperatorUid.DELIVER);
        }
    }

    /** The destination commits with the checkpoint. */
    record Transactional(Pipeline pipeline, TransactionalOperator lane, RestoreMode resumption)
            implements SinkFactory {
        @Override
        public void stopOnQuarantine() {
            lane.stoppingOnQuarantine();
        }

        @Override
        public void awaitPredecessors(List<String> identities) {
            lane.awaitingPredecessors(identities);
        }

        @Override
        public void addTo(DataStream<PipelineElement> rows) {
            String type = pipeline.deliver().destination().type();
            TransactionalSinkFactory sink =
                    DestinationConnectors.load()
                            .connector(type)
                            .transactionalSinkFactory(pipeline)
                            .orElseThrow(
                                    () ->
                                            new UnsupportedOperationException(
                                                    "no transactions for " + type));
            if (sink.locksRows()) {
                lane.holdingRowsUntilCommit();
            }
            JobTranslator.configure(lane.addTo(rows), pipeline, OperatorUid.DELIVER)
                    .sinkTo(sink.create(resumption))
                    .setParallelism(1)
                    .uid(OperatorUid.COMMIT.of(pipeline))
                    .name(OperatorUid.COMMIT.label(pipeline))
                    .slotSharingGroup(pipeline.worker());
        }
    }
}
