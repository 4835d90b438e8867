package com.evolvishub.cdc.job;

import com.evolvishub.cdc.delivery.Delivery;
import com.evolvishub.cdc.delivery.Destinations;
import com.evolvishub.cdc.delivery.TransactionalLane;
import com.evolvishub.cdc.delivery.TransactionalSink;
import com.evolvishub.cdc.flow.FlowElement;
import com.evolvishub.cdc.flow.Resumption;
import com.evolvishub.cdc.planner.physical.Pipeline;
import com.evolvishub.cdc.planner.spec.DeliveryMode;
import java.util.List;
import org.apache.flink.streaming.api.datastream.DataStream;

/** What a lane ends in: our own delivery, or a sink of Flink's with a lane's manners before it. */
sealed interface LaneEnd {

    /** The one that the mapping asks for. One that is parked writes nothing, and only keeps. */
    static LaneEnd of(Pipeline pipeline, JobOptions options) {
        if (pipeline.enabled() && pipeline.deliver().mode() == DeliveryMode.TRANSACTIONAL) {
            Resumption resumption = options.choices().resumption(pipeline);
            TransactionalLane lane = new TransactionalLane(pipeline, options.run(), resumption);
            if (options.choices().recovery(pipeline).acceptsLoss()) {
                lane.acceptingLoss();
            }
            return new ByTransaction(pipeline, lane, resumption);
        }
        Delivery delivery =
                new Delivery(
                        pipeline,
                        options.run(),
                        options.choices().recovery(pipeline),
                        options.choices().resumption(pipeline));
        return new ByNumber(pipeline, delivery);
    }

    void failWhenQuarantined();

    void after(List<String> identities);

    void behind(DataStream<FlowElement> rows);

    /** The destination keeps the last number. */
    record ByNumber(Pipeline pipeline, Delivery delivery) implements LaneEnd {
        @Override
        public void failWhenQuarantined() {
            delivery.failingWhenQuarantined();
        }

        @Override
        public void after(List<String> identities) {
            delivery.after(identities);
        }

        @Override
        public void behind(DataStream<FlowElement> rows) {
            JobTranslator.placed(delivery.behind(rows), pipeline, OperatorUid.DELIVER);
        }
    }

    /** The destination commits with the checkpoint. */
    record ByTransaction(Pipeline pipeline, TransactionalLane lane, Resumption resumption)
            implements LaneEnd {
        @Override
        public void failWhenQuarantined() {
            lane.failingWhenQuarantined();
        }

        @Override
        public void after(List<String> identities) {
            lane.after(identities);
        }

        @Override
        public void behind(DataStream<FlowElement> rows) {
            String type = pipeline.deliver().destination().type();
            TransactionalSink sink =
                    Destinations.load()
                            .connector(type)
                            .transactionalSink(pipeline)
                            .orElseThrow(
                                    () ->
                                            new UnsupportedOperationException(
                                                    "no transactions for " + type));
            if (sink.locksRows()) {
                lane.holdingBack();
            }
            JobTranslator.placed(lane.behind(rows), pipeline, OperatorUid.DELIVER)
                    .sinkTo(sink.build(resumption))
                    .setParallelism(1)
                    .uid(OperatorUid.COMMIT.of(pipeline))
                    .name(OperatorUid.COMMIT.label(pipeline))
                    .slotSharingGroup(pipeline.worker());
        }
    }
}
