package com.evolvishub.cdc.connectors.redis.entry;

import com.evolvishub.cdc.connectors.redis.session.RedisException;
import com.evolvishub.cdc.connectors.redis.session.RedisSession;
import com.evolvishub.cdc.sink.deadletter.DeadLetterMessage;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads entries of streams. */
public final class StreamReader {

    private StreamReader() {}

    /** An entry with its key, its reassembled payload, and all other fields. */
    public record Found(
            String id,
            Optional<byte[]> key,
            Optional<byte[]> payload,
            Map<String, String> attributes) {

        /** The entry as a dead letter of a pipeline; empty if it is not one. */
        public Optional<DeadLetterMessage> deadLetter(String identity) {
            return DeadLetterMessage.parse(identity, id, key, payload, attributes);
        }
    }

    /**
     * Entries of a stream in order.
     *
     * @param from an id; exclusive if an opening parenthesis precedes it
     * @param to an id, or {@code +}
     * @param atMost maximum number of entries
     */
    public static List<Found> range(
            RedisSession session, String stream, String from, String to, int atMost)
            throws RedisException {
        List<Found> found = new ArrayList<>();
        Object reply = session.call("XRANGE", stream, from, to, "COUNT", Integer.toString(atMost));
        for (Object entry : RedisSession.parts(reply)) {
            List<Object> parts = RedisSession.parts(entry);
            found.add(found(RedisSession.text(parts.get(0)), RedisSession.parts(parts.get(1))));
        }
        return found;
    }

    private static Found found(String id, List<Object> fields) {
        Map<String, byte[]> values = new LinkedHashMap<>();
        for (int i = 0; i + 1 < fields.size(); i += 2) {
            values.put(RedisSession.text(fields.get(i)), (byte[]) fields.get(i + 1));
        }
        Optional<byte[]> key = Optional.ofNullable(values.remove(StreamEntryEncoder.KEY));
        ByteArrayOutputStream payload = new ByteArrayOutputStream();
        int part = 1;
        for (byte[] value = values.remove(StreamEntryEncoder.payloadPart(part));
                value != null;
                value = values.remove(StreamEntryEncoder.payloadPart(part))) {
            payload.writeBytes(value);
            part++;
        }
        Map<String, String> attributes = new LinkedHashMap<>();
        values.forEach(
                (name, value) -> attributes.put(name, new String(value, StandardCharsets.UTF_8)));
        return new Found(id, key, Optional.of(payload.toByteArray()), attributes);
    }
}
