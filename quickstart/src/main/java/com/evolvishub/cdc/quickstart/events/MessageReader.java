package com.evolvishub.cdc.quickstart.events;

import java.util.List;

/** A topic or stream, read from its beginning with the client that its bus's makers publish. */
public interface MessageReader extends AutoCloseable {

    /**
     * What has arrived since the last call, in order, up to the end that the topic has now. Nothing
     * if there is no topic yet.
     */
    List<ConsumedMessage> readNew() throws Exception;

    @Override
    void close();
}
