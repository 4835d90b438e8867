package com.evolvishub.cdc.capture.source;

import com.evolvishub.cdc.flow.Condition;
import com.evolvishub.cdc.flow.Gate;
import com.evolvishub.cdc.flow.MappingState;
import java.time.Clock;
import java.time.Instant;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells how the source's end of a lane is, and logs each change of it once. */
final class SourceCondition {

    private static final Logger LOG = LoggerFactory.getLogger(SourceCondition.class);

    private final String mapping;
    private final Gate gate;
    private final Clock clock;

    SourceCondition(String mapping, Gate gate, Clock clock) {
        this.mapping = mapping;
        this.gate = gate;
        this.clock = clock;
    }

    void become(MappingState state) {
        become(state, "", Optional.empty());
    }

    void become(MappingState state, String cause, Optional<Instant> nextTry) {
        Condition before = gate.status().source();
        boolean same = before.state() == state && before.cause().equals(cause);
        Instant since = before.state() == state ? before.since() : clock.instant();
        gate.status().source(new Condition(state, since, cause, nextTry));
        if (same) {
            return;
        }
        if (!cause.isEmpty()) {
            LOG.warn("{}: {}: {}", mapping, state.label(), cause);
        } else if (!before.cause().isEmpty()) {
            LOG.info("{}: {} again", mapping, state.label());
        }
    }
}
