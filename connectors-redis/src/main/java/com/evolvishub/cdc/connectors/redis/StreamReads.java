package com.evolvishub.cdc.connectors.redis;

import com.evolvishub.cdc.delivery.BusLetter;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Entries of streams as they are read. */
final class StreamReads {

    private StreamReads() {}

    /** An entry with its key, its payload put together, and all other fields. */
    record Found(
            String id,
            Optional<byte[]> key,
            Optional<byte[]> payload,
            Map<String, String> attributes) {

        /** As a dead letter of a lane, if it is one. */
        Optional<BusLetter> letter(String identity) {
            return BusLetter.of(identity, id, key, payload, attributes);
        }
    }

    /**
     * Entries of a stream in order.
     *
     * @param from an id, or one behind an opening parenthesis, which is left out itself
     * @param to an id, or {@code +}
     * @param atMost how many
     */
    static List<Found> range(
            RedisSession session, String stream, String from, String to, int atMost)
            throws RedisFailure {
        List<Found> found = new ArrayList<>();
        Object answer = session.call("XRANGE", stream, from, to, "COUNT", Integer.toString(atMost));
        for (Object entry : RedisSession.parts(answer)) {
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
        Optional<byte[]> key = Optional.ofNullable(values.remove(Entries.KEY));
        ByteArrayOutputStream payload = new ByteArrayOutputStream();
        int part = 1;
        for (byte[] value = values.remove(Entries.payloadPart(part));
                value != null;
                value = values.remove(Entries.payloadPart(part))) {
            payload.writeBytes(value);
            part++;
        }
        Map<String, String> attributes = new LinkedHashMap<>();
        values.forEach(
                (name, value) -> attributes.put(name, new String(value, StandardCharsets.UTF_8)));
        return new Found(id, key, Optional.of(payload.toByteArray()), attributes);
    }
}
