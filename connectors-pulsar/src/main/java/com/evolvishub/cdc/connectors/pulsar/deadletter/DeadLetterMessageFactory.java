package com.evolvishub.cdc.connectors.pulsar.deadletter;

import com.evolvishub.cdc.connectors.pulsar.message.OutboundMessage;
import com.evolvishub.cdc.formats.message.EncodedMessage;
import com.evolvishub.cdc.formats.message.EncodedMessage.Attribute;
import com.evolvishub.cdc.formats.message.MessageEncoder;
import com.evolvishub.cdc.formats.message.MessageEncodingException;
import com.evolvishub.cdc.planner.physical.Pipeline;
import com.evolvishub.cdc.runtime.row.ChangeRow;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Creates the dead letter message of a rejected row: the message the topic would have received, or
 * PostgreSQL's COPY text if the row cannot be encoded, together with the error.
 */
public final class DeadLetterMessageFactory {

    private DeadLetterMessageFactory() {}

    /**
     * The row as a dead letter, without its payload if it exceeds the broker's limit.
     *
     * @param limit of the broker, in bytes
     */
    public static OutboundMessage of(
            Pipeline pipeline,
            MessageEncoder encoder,
            ChangeRow row,
            String error,
            Instant time,
            int limit) {
        EncodedMessage message = content(pipeline, encoder, row);
        List<Attribute> attributes = new ArrayList<>(message.attributes());
        attributes.add(new Attribute("error", error));
        attributes.add(new Attribute("time", time.toString()));
        OutboundMessage complete =
                OutboundMessage.of(
                        row.sequence(),
                        new EncodedMessage(message.key(), message.payload(), attributes));
        if (complete.fits(limit)) {
            return complete;
        }
        int length = message.payload().map(bytes -> bytes.length).orElse(0);
        attributes.add(new Attribute("left_out_bytes", Integer.toString(length)));
        return OutboundMessage.of(
                row.sequence(), new EncodedMessage(message.key(), Optional.empty(), attributes));
    }

    private static EncodedMessage content(
            Pipeline pipeline, MessageEncoder encoder, ChangeRow row) {
        try {
            return encoder.encode(row);
        } catch (MessageEncodingException e) {
            String eventId = "%s:%019d".formatted(pipeline.identity(), row.sequence());
            return new EncodedMessage(
                    Optional.empty(),
                    Optional.of(row.line()),
                    List.of(
                            new Attribute("op", String.valueOf(row.operation().code())),
                            new Attribute("mapping", pipeline.mapping()),
                            new Attribute("event_id", eventId),
                            new Attribute("format", "copy")));
        }
    }
}
