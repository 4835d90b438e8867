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
 * A row that the topic could not take, as a message: what it would have been there, or where no
 * message can be made of it PostgreSQL's COPY text; and why.
 */
public final class DeadLetterMessageFactory {

    private DeadLetterMessageFactory() {}

    /**
     * The row as a dead letter. Its content is left out if the broker would not take it here
     * either.
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
        OutboundMessage whole =
                OutboundMessage.of(
                        row.sequence(),
                        new EncodedMessage(message.key(), message.payload(), attributes));
        if (whole.fits(limit)) {
            return whole;
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
