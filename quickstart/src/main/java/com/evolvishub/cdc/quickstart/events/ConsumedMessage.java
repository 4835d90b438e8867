package com.evolvishub.cdc.quickstart.events;

import java.util.Optional;

/**
 * One message as a plain client reads it.
 *
 * @param partition the unit within which messages are ordered
 * @param payload the row as JSON; empty: the row is deleted
 */
public record ConsumedMessage(
        String partition, String key, String eventId, Optional<String> payload) {

    /** The identity of the pipeline that sent it: the event id without the sequence number. */
    public String pipeline() {
        return eventId.substring(0, eventId.lastIndexOf(':'));
    }

    /** Its sequence number in that pipeline. */
    public long number() {
        return Long.parseLong(eventId.substring(eventId.lastIndexOf(':') + 1));
    }
}
