package com.evolvishub.cdc.connectors.redis.entry;

import com.evolvishub.cdc.formats.message.EncodedMessage;
import com.evolvishub.cdc.formats.message.EncodedMessage.Attribute;
import com.evolvishub.cdc.formats.message.MessageEncoder;
import com.evolvishub.cdc.formats.message.MessageEncodingException;
import com.evolvishub.cdc.formats.message.OversizedMessage;
import com.evolvishub.cdc.runtime.row.ChangeRow;
import com.evolvishub.cdc.runtime.row.CopyText;
import com.evolvishub.cdc.sink.failure.RowRejectedException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Encodes rows as entries, and rejects rows that a stream cannot hold. */
public final class StreamEntryEncoder {

    public static final String KEY = "key";
    private static final String PAYLOAD = "payload";
    private static final byte[] NO_PAYLOAD = CopyText.EMPTY;

    private final MessageEncoder encoder;
    private final String identity;
    private final long longestValue;

    /**
     * @param longestValue limit of the server, in bytes
     */
    public StreamEntryEncoder(MessageEncoder encoder, String identity, long longestValue) {
        this.encoder = encoder;
        this.identity = identity;
        this.longestValue = longestValue;
    }

    /** Encodes all rows, or throws for the first one that is rejected. */
    public List<StreamEntry> encode(List<ChangeRow> rows) throws RowRejectedException {
        List<StreamEntry> entries = new ArrayList<>(rows.size());
        for (ChangeRow row : rows) {
            entries.add(entry(row));
        }
        return entries;
    }

    private StreamEntry entry(ChangeRow row) throws RowRejectedException {
        EncodedMessage message;
        try {
            message = encoder.encode(row);
        } catch (MessageEncodingException e) {
            throw new RowRejectedException(e.getMessage(), e);
        }
        rejectTooLong(row, message);
        StreamEntry.Fields fields = new StreamEntry.Fields();
        for (Attribute attribute : message.attributes()) {
            fields.with(attribute.name(), attribute.value());
        }
        if (message.key().isPresent()) {
            fields.with(KEY, message.key().get());
        }
        // a deleted row has an empty payload
        fields.with(PAYLOAD, message.payload().orElse(NO_PAYLOAD));
        return fields.entry(row.sequence());
    }

    /** The limit applies to each value, not to the message. */
    private void rejectTooLong(ChangeRow row, EncodedMessage message) throws RowRejectedException {
        long longest =
                Math.max(
                        message.payload().map(payload -> payload.length).orElse(0),
                        message.key().map(key -> key.length).orElse(0));
        if (longest > longestValue) {
            throw new RowRejectedException(
                    OversizedMessage.describe(row, message, longestValue, "proto-max-bulk-len"),
                    null);
        }
    }

    /**
     * A rejected row as a dead letter. Its payload is the message, or PostgreSQL's COPY text if the
     * row cannot be encoded. A payload above the limit continues in {@code payload_2} and so on; a
     * key above the limit is omitted.
     */
    public StreamEntry deadLetter(ChangeRow row, String mapping, String error, Instant time) {
        StreamEntry.Fields fields =
                new StreamEntry.Fields()
                        .with("mapping", mapping)
                        .with("error", error)
                        .with("time", time.toString());
        byte[] payload;
        try {
            EncodedMessage message = encoder.encode(row);
            for (Attribute attribute : message.attributes()) {
                if (!attribute.name().equals("mapping")) {
                    fields.with(attribute.name(), attribute.value());
                }
            }
            message.key().ifPresent(key -> key(fields, key));
            payload = message.payload().orElse(NO_PAYLOAD);
        } catch (MessageEncodingException e) {
            fields.with("op", String.valueOf(row.operation().code()))
                    .with("event_id", "%s:%019d".formatted(identity, row.sequence()))
                    .with("format", "copy");
            payload = row.line();
        }
        return splitPayload(fields, payload).entry(row.sequence());
    }

    private void key(StreamEntry.Fields fields, byte[] key) {
        if (key.length <= longestValue) {
            fields.with(KEY, key);
        } else {
            fields.with("left_out_bytes", Integer.toString(key.length));
        }
    }

    private StreamEntry.Fields splitPayload(StreamEntry.Fields fields, byte[] payload) {
        int longest = Math.toIntExact(Math.min(longestValue, Integer.MAX_VALUE));
        int part = 1;
        int from = 0;
        do {
            int to = payload.length - from > longest ? from + longest : payload.length;
            fields.with(payloadPart(part++), Arrays.copyOfRange(payload, from, to));
            from = to;
        } while (from < payload.length);
        return fields;
    }

    /** Name of the field with this part of a payload; the first part is 1. */
    public static String payloadPart(int part) {
        return part == 1 ? PAYLOAD : PAYLOAD + "_" + part;
    }
}
