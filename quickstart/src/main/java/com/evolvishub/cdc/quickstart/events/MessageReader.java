package com.evolvishub.cdc.quickstart.events;

import java.util.List;

/** Reads a topic or stream from its beginning with the official client of its broker. */
public interface MessageReader extends AutoCloseable {

    /**
     * The messages that have arrived since the last call, in order, up to the topic's current end.
     * Empty if the topic does not exist.
     */
    List<ConsumedMessage> readNew() throws Exception;

    @Override
    void close();
}
