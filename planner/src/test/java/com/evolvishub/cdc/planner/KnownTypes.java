package com.evolvishub.cdc.planner;

import com.evolvishub.cdc.planner.destination.DestinationTypes;
import com.evolvishub.cdc.planner.destination.KafkaType;
import com.evolvishub.cdc.planner.destination.PostgresType;
import com.evolvishub.cdc.planner.destination.PulsarType;
import com.evolvishub.cdc.planner.destination.RedisStreamsType;
import java.util.List;

/** The destination types that tests plan for. */
final class KnownTypes {

    static final DestinationTypes ALL =
            new DestinationTypes(
                    List.of(
                            new PostgresType(),
                            new KafkaType(),
                            new PulsarType(),
                            new RedisStreamsType()));

    private KnownTypes() {}
}
