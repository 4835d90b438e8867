package com.evolvishub.cdc.sink.deadletter;

import java.time.Instant;
import java.util.Objects;

/**
 * A row that its destination rejected.
 *
 * @param id its id at the destination, without spaces; unique in its pipeline
 * @param mapping the mapping's name when it was written
 * @param sequence the row's sequence number in its pipeline
 * @param operation code of the operation: c insert, u update or upsert, d delete
 * @param time when it was written
 * @param error why the row was rejected
 * @param payload the row as a JSON object with the destination's column names; for a delete its key
 * @param superseded why a replay would replace a newer version with an older one; empty: it would
 *     not
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
