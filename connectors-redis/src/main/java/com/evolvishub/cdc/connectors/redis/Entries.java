package com.evolvishub.cdc.connectors.redis;

import com.evolvishub.cdc.delivery.BadRowException;
import com.evolvishub.cdc.flow.ChangeRow;
import com.evolvishub.cdc.flow.CopyText;
import com.evolvishub.cdc.payload.BusMessage;
import com.evolvishub.cdc.payload.BusMessage.Attribute;
import com.evolvishub.cdc.payload.MessageEncoder;
import com.evolvishub.cdc.payload.Oversize;
import com.evolvishub.cdc.payload.PayloadException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Makes entries of rows, and finds those that a stream cannot take. */
final class Entries {

    static final String KEY = "key";
    private static final String PAYLOAD = "payload";
    private static final byte[] NO_PAYLOAD = CopyText.EMPTY;

    private final MessageEncoder encoder;
    private final String identity;
    private final long longestValue;

    /**
     * @param longestValue in bytes, as the server allows it
     */
    Entries(MessageEncoder encoder, String identity, long longestValue) {
        this.encoder = encoder;
        this.identity = identity;
        this.longestValue = longestValue;
    }

    /** All rows, or none: the first that is bad is told. */
    List<Entry> of(List<ChangeRow> rows) throws BadRowException {
        List<Entry> entries = new ArrayList<>(rows.size());
        for (ChangeRow row : rows) {
            entries.add(entry(row));
        }
        return entries;
    }

    private Entry entry(ChangeRow row) throws BadRowException {
        BusMessage message;
        try {
            message = encoder.encode(row);
        } catch (PayloadException e) {
            throw new BadRowException(e.getMessage(), e);
        }
        refuseTooLong(row, message);
        Entry.Fields fields = new Entry.Fields();
        for (Attribute attribute : message.attributes()) {
            fields.with(attribute.name(), attribute.value());
        }
        if (message.key().isPresent()) {
            fields.with(KEY, message.key().get());
        }
        // a row that is gone has an empty one
        fields.with(PAYLOAD, message.payload().orElse(NO_PAYLOAD));
        return fields.entry(row.sequence());
    }

    /** The limit is that of each value, not of the message. */
    private void refuseTooLong(ChangeRow row, BusMessage message) throws BadRowException {
        long longest =
                Math.max(
                        message.payload().map(payload -> payload.length).orElse(0),
                        message.key().map(key -> key.length).orElse(0));
        if (longest > longestValue) {
            throw new BadRowException(
                    Oversize.describe(row, message, longestValue, "proto-max-bulk-len"), null);
        }
    }

    /**
     * A row that was refused, as a dead letter. Its payload is the message, or PostgreSQL's COPY
     * text where none can be made. What is too long for one value goes on in {@code payload_2} and
     * so on; a key that is too long is left out.
     */
    Entry deadLetter(ChangeRow row, String mapping, String error, Instant time) {
        Entry.Fields fields =
                new Entry.Fields()
                        .with("mapping", mapping)
                        .with("error", error)
                        .with("time", time.toString());
        byte[] payload;
        try {
            BusMessage message = encoder.encode(row);
            for (Attribute attribute : message.attributes()) {
                if (!attribute.name().equals("mapping")) {
                    fields.with(attribute.name(), attribute.value());
                }
            }
            message.key().ifPresent(key -> key(fields, key));
            payload = message.payload().orElse(NO_PAYLOAD);
        } catch (PayloadException e) {
            fields.with("op", String.valueOf(row.operation().code()))
                    .with("event_id", "%s:%019d".formatted(identity, row.sequence()))
                    .with("format", "copy");
            payload = row.line();
        }
        return inParts(fields, payload).entry(row.sequence());
    }

    private void key(Entry.Fields fields, byte[] key) {
        if (key.length <= longestValue) {
            fields.with(KEY, key);
        } else {
            fields.with("left_out_bytes", Integer.toString(key.length));
        }
    }

    private Entry.Fields inParts(Entry.Fields fields, byte[] payload) {
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

    /** Name of the field with this part of a payload, counted from 1. */
    static String payloadPart(int part) {
        return part == 1 ? PAYLOAD : PAYLOAD + "_" + part;
    }
}
