package com.evolvishub.cdc.quickstart.events;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.resps.StreamEntry;

/** Reads a Redis stream with {@code XRANGE}. */
public final class RedisStreamReader implements MessageReader {
    private static final int PAGE = 1000;

    /** The client's default of 2 s is too short on a busy machine. */
    private static final int TIMEOUT_MILLIS = 60_000;

    private final String stream;
    private final Jedis client;
    private String from = "-";

    public RedisStreamReader(String host, int port, String stream) {
        this.stream = stream;
        this.client = new Jedis(host, port, TIMEOUT_MILLIS);
    }

    @Override
    public List<ConsumedMessage> readNew() {
        List<ConsumedMessage> messages = new ArrayList<>();
        List<StreamEntry> page;
        do {
            page = client.xrange(stream, from, "+", PAGE);
            for (StreamEntry entry : page) {
                messages.add(message(entry.getFields()));
                from = "(" + entry.getID();
            }
        } while (page.size() == PAGE);
        return messages;
    }

    private ConsumedMessage message(Map<String, String> fields) {
        return new ConsumedMessage(
                stream,
                fields.get("key"),
                fields.get("event_id"),
                Optional.of(fields.get("payload")).filter(payload -> !payload.isEmpty()));
    }

    @Override
    public void close() {
        client.close();
    }
}
