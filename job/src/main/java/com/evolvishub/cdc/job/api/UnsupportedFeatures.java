package com.evolvishub.cdc.job.api;

import com.evolvishub.cdc.planner.physical.Pipeline;
import com.evolvishub.cdc.planner.problem.Problem;
import com.evolvishub.cdc.planner.spec.DeliveryMode;
import com.evolvishub.cdc.sink.spi.DestinationConnector;
import com.evolvishub.cdc.sink.spi.DestinationConnectors;
import java.util.ArrayList;
import java.util.List;

/**
 * Features that a file may use but this build does not support yet. They are reported before a run,
 * because a pipeline that can never deliver is an error in the file, not an outage.
 */
final class UnsupportedFeatures {

    private static final DestinationConnectors BUILT = DestinationConnectors.load();

    private UnsupportedFeatures() {}

    static List<Problem> of(PlannedFile file, Pipeline pipeline) {
        List<Problem> problems = new ArrayList<>();
        String type = pipeline.deliver().destination().type();
        try {
            DestinationConnector connector = BUILT.connector(type);
            if (pipeline.deliver().mode() == DeliveryMode.TRANSACTIONAL
                    && connector.transactionalSinkFactory(pipeline).isEmpty()) {
                problems.add(
                        file.problem(
                                pipeline,
                                "delivery",
                                "this build cannot deliver transactionally to %s yet; expected exactly_once or at_least_once"
                                        .formatted(type)));
            }
        } catch (UnsupportedOperationException notBuilt) {
            problems.add(
                    file.problem(
                            pipeline,
                            file.destinationKey(pipeline) + ".type",
                            notBuilt.getMessage()));
        }
        return problems;
    }
}
