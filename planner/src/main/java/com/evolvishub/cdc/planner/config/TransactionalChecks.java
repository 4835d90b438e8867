package com.evolvishub.cdc.planner.config;

import com.evolvishub.cdc.planner.config.tree.ConfigLocations;
import com.evolvishub.cdc.planner.config.tree.ProblemCollector;
import com.evolvishub.cdc.planner.spec.BadRowPolicy;
import com.evolvishub.cdc.planner.spec.ConfigFileSpec;
import com.evolvishub.cdc.planner.spec.DeliveryMode;
import com.evolvishub.cdc.planner.spec.MappingSpec;
import com.evolvishub.cdc.planner.spec.endpoint.EndpointSpec;
import com.evolvishub.cdc.planner.spec.endpoint.Secret;
import com.evolvishub.cdc.planner.spi.DestinationTypes;
import java.math.BigDecimal;
import java.time.Duration;

/**
 * Checks that {@code delivery: transactional} is possible where it is used, and keeps its
 * guarantee.
 */
final class TransactionalChecks {

    private static final String REDIS = "redis_streams";
    private static final String TIMEOUT = "transaction_timeout_seconds";
    private static final Duration TIMEOUT_IF_NONE_IS_GIVEN = Duration.ofMinutes(10);

    private final DestinationTypes types;
    private final ProblemCollector problems;

    TransactionalChecks(DestinationTypes types, ProblemCollector problems) {
        this.types = types;
        this.problems = problems;
    }

    void check(ConfigFileSpec spec, MappingSpec mapping) {
        if (mapping.delivery() != DeliveryMode.TRANSACTIONAL) {
            return;
        }
        String path = ConfigLocations.child(mapping.path(), "delivery");
        if (mapping.destinations().stream().anyMatch(each -> each.type().equals(REDIS))) {
            problems.add(
                    path,
                    "transactional is not possible with redis_streams; expected exactly_once or at_least_once");
        }
        if (mapping.onBadRow() == BadRowPolicy.DEAD_LETTER) {
            problems.add(
                    ConfigLocations.child(mapping.path(), "on_bad_row"),
                    "dead_letter is not possible with delivery: transactional, where a transaction holds all rows of a checkpoint or none; expected quarantine");
        }
        boolean alone = spec.mappings().size() == 1 && mapping.destinations().size() == 1;
        if (!alone && !spec.sharedCheckpoints()) {
            problems.add(
                    path,
                    "transactional ties all mappings of the file to this one's destination; say shared_checkpoints: true, or give it a file of its own");
        }
        boolean several = mapping.destinations().size() > 1;
        for (int i = 0; i < mapping.destinations().size(); i++) {
            String block =
                    ConfigLocations.child(mapping.path(), several ? "destinations" : "destination");
            checkTimeout(
                    spec,
                    mapping.destinations().get(i),
                    several ? ConfigLocations.item(block, i) : block);
        }
    }

    /**
     * Checks the transaction timeout: a transaction is open for a checkpoint interval plus the
     * duration of a checkpoint.
     */
    private void checkTimeout(ConfigFileSpec spec, EndpointSpec destination, String path) {
        boolean hasTimeout =
                types.find(destination.type()).stream()
                        .flatMap(type -> type.options().stream())
                        .anyMatch(option -> option.name().equals(TIMEOUT));
        if (!hasTimeout) {
            return;
        }
        Duration timeout =
                destination
                        .option(TIMEOUT)
                        .map(Secret::reveal)
                        .map(seconds -> Duration.ofSeconds(Long.parseLong(seconds)))
                        .orElse(TIMEOUT_IF_NONE_IS_GIVEN);
        Duration needed = spec.checkpointInterval().plus(spec.checkpointTimeout());
        if (timeout.compareTo(needed) <= 0) {
            problems.warn(
                    ConfigLocations.child(path, TIMEOUT),
                    "%d s do not cover a checkpoint's interval and timeout (%s s together), and no restart besides: a transaction that the broker gives up in between loses its rows; give it more, or checkpoint.timeout_seconds less"
                            .formatted(
                                    timeout.toSeconds(),
                                    new BigDecimal(needed.toMillis())
                                            .movePointLeft(3)
                                            .stripTrailingZeros()
                                            .toPlainString()));
        }
    }
}
