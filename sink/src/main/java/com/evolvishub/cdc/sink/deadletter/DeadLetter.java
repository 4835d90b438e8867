package com.evolvishub.cdc.sink.deadletter;

import java.time.Instant;
import java.util.Objects;

/**
 * A row that its destination could not take.
 *
 * @param id what the destination calls it, in one word without spaces; unique in its lane
 * @param mapping the mapping's name when it was put there
 * @param number the row's number in its lane
 * @param operation letter of the operation: c insert, u update or upsert, d delete
 * @param time when it was put there
 * @param error why it was refused
 * @param payload the row as one JSON object by the destination's column names; of a delete its key
 * @param superseded why writing it again would put an old version in the place of a newer one;
 *     empty: it would not
 */
public record DeadLetter(
        String id,
        String mapping,
        long sequence,
        char operation,
        Instant time,
        String error,
        String payload,
        String superseded) {
    public DeadLetter {
        Objects.requireNonNull(id, "id");
        Objects.requireNonNull(mapping, "mapping");
        Objects.requireNonNull(time, "time");
        Objects.requireNonNull(error, "error");
        Objects.requireNonNull(payload, "payload");
        Objects.requireNonNull(superseded, "superseded");
    }
}
