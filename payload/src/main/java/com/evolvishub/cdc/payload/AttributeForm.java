package com.evolvishub.cdc.payload;

import com.evolvishub.cdc.flow.ChangeRow;
import com.evolvishub.cdc.flow.CopyText;
import com.evolvishub.cdc.flow.Operation;
import com.evolvishub.cdc.payload.BusMessage.Attribute;
import com.evolvishub.cdc.planner.physical.Pipeline;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** What stands beside the payload, the same on every replay. */
final class AttributeForm {

    private static final String ZEROS = "0".repeat(19);

    private final Map<Operation, Attribute> operations = new EnumMap<>(Operation.class);
    private final Attribute mapping;
    private final String identity;

    AttributeForm(Pipeline pipeline) {
        for (Operation operation : Operation.values()) {
            operations.put(operation, new Attribute("op", String.valueOf(operation.code())));
        }
        mapping = new Attribute("mapping", pipeline.mapping());
        identity = pipeline.identity();
    }

    List<Attribute> of(ChangeRow row) {
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

    /** As many digits as the largest number has: event ids of a lane sort as text. */
    private String eventId(long sequence) {
        String digits = Long.toString(sequence);
        return identity + ':' + ZEROS.substring(digits.length()) + digits;
    }
}
