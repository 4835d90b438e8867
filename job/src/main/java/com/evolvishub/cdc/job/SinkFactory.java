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

/**
 * Creates the last operators of a pipeline: the write-ahead operator, or a two-phase-commit sink
 * behind an adapter.
 */
sealed interface SinkFactory {

    /**
     * The factory for the mapping's delivery mode. A disabled mapping gets a write-ahead operator
     * that only keeps its state.
     */
    static SinkFactory of(Pipeline pipeline, JobOptions options) {
        if (pipeline.enabled() && pipeline.deliver().mode() == DeliveryMode.TRANSACTIONAL) {
            RestoreMode restoreMode = options.choices().restoreMode(pipeline);
            TransactionalOperator operator =
                    new TransactionalOperator(pipeline, options.run(), restoreMode);
            if (options.choices().recovery(pipeline).acceptsLoss()) {
                operator.acceptingLoss();
            }
            return new Transactional(pipeline, operator, restoreMode);
        }
        WriteAheadOperator operator =
                new WriteAheadOperator(
                        pipeline,
                        options.run(),
                        options.choices().recovery(pipeline),
                        options.choices().restoreMode(pipeline));
        return new WriteAhead(pipeline, operator);
    }

    void stopOnQuarantine();

    void awaitPredecessors(List<String> identities);

    void addTo(DataStream<PipelineElement> rows);

    /** Write-ahead delivery: the destination stores the last sequence number. */
    record WriteAhead(Pipeline pipeline, WriteAheadOperator operator) implements SinkFactory {
        @Override
        public void stopOnQuarantine() {
            operator.stoppingOnQuarantine();
        }

        @Override
        public void awaitPredecessors(List<String> identities) {
            operator.awaitingPredecessors(identities);
        }

        @Override
        public void addTo(DataStream<PipelineElement> rows) {
            JobTranslator.configure(operator.addTo(rows), pipeline, OperatorUid.DELIVER);
        }
    }

    /** Transactional delivery: the destination commits with the checkpoint. */
    record Transactional(Pipeline pipeline, TransactionalOperator operator, RestoreMode restoreMode)
            implements SinkFactory {
        @Override
        public void stopOnQuarantine() {
            operator.stoppingOnQuarantine();
        }

        @Override
        public void awaitPredecessors(List<String> identities) {
            operator.awaitingPredecessors(identities);
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
                operator.holdingRowsUntilCommit();
            }
            JobTranslator.configure(operator.addTo(rows), pipeline, OperatorUid.DELIVER)
                    .sinkTo(sink.create(restoreMode))
                    .setParallelism(1)
                    .uid(OperatorUid.COMMIT.of(pipeline))
                    .name(OperatorUid.COMMIT.label(pipeline))
                    .slotSharingGroup(pipeline.worker());
        }
    }
}
