package com.evolvishub.cdc.planner;

import com.evolvishub.cdc.planner.spi.DestinationTypes;
import com.evolvishub.cdc.planner.spi.KafkaDestinationType;
import com.evolvishub.cdc.planner.spi.PostgresDestinationType;
import com.evolvishub.cdc.planner.spi.PulsarDestinationType;
import com.evolvishub.cdc.planner.spi.RedisStreamsDestinationType;
import java.util.List;

/** The destination types that tests plan for. */
public final class AllDestinationTypes {

    public static final DestinationTypes ALL =
            new DestinationTypes(
                    List.of(
                            new PostgresDestinationType(),
                            new KafkaDestinationType(),
                            new PulsarDestinationType(),
                            new RedisStreamsDestinationType()));

    private AllDestinationTypes() {}
}
