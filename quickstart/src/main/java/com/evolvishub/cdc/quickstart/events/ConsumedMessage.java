package com.evolvishub.cdc.quickstart.events;

import java.util.Optional;

/**
 * One message as a plain client reads it.
 *
 * @param partition what it stands in order with
 * @param payload the row as JSON; empty: the row is gone
 */
public record ConsumedMessage(
        String partition, String key, String eventId, Optional<String> payload) {

    /** The pipeline that sent it: what is in front of the number in the event id. */
    public String pipeline() {
        return eventId.substring(0, eventId.lastIndexOf(':'));
    }

    /** Its number in that pipeline. */
    public long number() {
        return Long.parseLong(eventId.substring(eventId.lastIndexOf(':') + 1));
    }
}
