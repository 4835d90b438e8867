package com.evolvishub.cdc.connectors.redis;

import com.evolvishub.cdc.delivery.BadRowException;
import com.evolvishub.cdc.flow.ChangeRow;
import com.evolvishub.cdc.flow.CopyText;
import com.evolvishub.cdc.payload.BusMessage;
import com.evolvishub.cdc.payload.BusMessage.Attribute;
import com.evolvishub.cdc.payload.MessageEncoder;
import com.evolvishub.cdc.payload.Oversize;
import com.evolvishub.cdc.payload.PayloadException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** Makes entries of rows, and finds those that a stream cannot take. */
final class Entries {

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
            fields.with("key", message.key().get());
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
     * text where none can be made; what is too long is cut.
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
            payload = message.payload().orElse(NO_PAYLOAD);
        } catch (PayloadException e) {
            fields.with("op", String.valueOf(row.operation().code()))
                    .with("event_id", "%s:%019d".formatted(identity, row.sequence()))
                    .with("format", "copy");
            payload = row.line();
        }
        return fields.with(PAYLOAD, cut(payload)).entry(row.sequence());
    }

    private byte[] cut(byte[] payload) {
        if (payload.length <= longestValue) {
            return payload;
        }
        String note = "\n… cut, %d bytes in all".formatted(payload.length);
        byte[] end = note.getBytes(StandardCharsets.UTF_8);
        byte[] shorter = new byte[Math.toIntExact(longestValue)];
        System.arraycopy(payload, 0, shorter, 0, shorter.length - end.length);
        System.arraycopy(end, 0, shorter, shorter.length - end.length, end.length);
        return shorter;
    }
}
