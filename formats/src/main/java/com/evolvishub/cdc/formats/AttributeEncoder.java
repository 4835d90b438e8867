package com.evolvishub.cdc.formats;

import com.evolvishub.cdc.formats.message.EncodedMessage.Attribute;
import com.evolvishub.cdc.planner.physical.Pipeline;
import com.evolvishub.cdc.runtime.row.ChangeRow;
import com.evolvishub.cdc.runtime.row.CopyText;
import com.evolvishub.cdc.runtime.row.Operation;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** Encodes the message attributes, the same on every replay. */
final class AttributeEncoder {

    private static final String ZEROS = "0".repeat(19);

    private final Map<Operation, Attribute> operations = new EnumMap<>(Operation.class);
    private final Attribute mapping;
    private final String identity;

    AttributeEncoder(Pipeline pipeline) {
        for (Operation operation : Operation.values()) {
            operations.put(operation, new Attribute("op", String.valueOf(operation.code())));
        }
        mapping = new Attribute("mapping", pipeline.mapping());
        identity = pipeline.identity();
    }

    List<Attribute> encode(ChangeRow row) {
        Attribute operation = operations.get(row.operation());
        Attribute event = new Attribute("event_id", eventId(row.sequence()));
        byte[] watermark = row.watermark();
        if (watermark.length == 0 || CopyText.isNull(watermark)) {
            return List.of(operation, mapping, event);
        }
        return List.of(
                operation,
                mapping,
                new Attribute("watermark", CopyText.unescape(watermark)),
                event);
    }

    /**
     * Returns the event id, with zeros up to the digits of the largest number: event ids of a
     * pipeline sort as text.
     */
    private String eventId(long sequence) {
        String digits = Long.toString(sequence);
        return identity + ':' + ZEROS.substring(digits.length()) + digits;
    }
}
