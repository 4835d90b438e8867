package com.evolvishub.cdc.connectors.pulsar;

import com.evolvishub.cdc.flow.ChangeRow;
import com.evolvishub.cdc.payload.BusMessage;
import com.evolvishub.cdc.payload.BusMessage.Attribute;
import com.evolvishub.cdc.payload.MessageEncoder;
import com.evolvishub.cdc.payload.PayloadException;
import com.evolvishub.cdc.planner.physical.Pipeline;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A row that the topic could not take, as a message: what it would have been there, or where no
 * message can be made of it PostgreSQL's COPY text; and why.
 */
final class DeadLetter {

    private DeadLetter() {}

    /**
     * The row as a dead letter. Its content is left out if the broker would not take it here
     * either.
     *
     * @param limit of the broker, in bytes
     */
    static Outgoing of(
            Pipeline pipeline,
            MessageEncoder encoder,
            ChangeRow row,
            String error,
            Instant time,
            int limit) {
        BusMessage message = content(pipeline, encoder, row);
        List<Attribute> attributes = new ArrayList<>(message.attributes());
        attributes.add(new Attribute("error", error));
        attributes.add(new Attribute("time", time.toString()));
        Outgoing whole =
                Outgoing.of(
                        row.sequence(),
                        new BusMessage(message.key(), message.payload(), attributes));
        if (whole.fits(limit)) {
            return whole;
        }
        int length = message.payload().map(bytes -> bytes.length).orElse(0);
        attributes.add(new Attribute("left_out_bytes", Integer.toString(length)));
        return Outgoing.of(
                row.sequence(), new BusMessage(message.key(), Optional.empty(), attributes));
    }

    private static BusMessage content(Pipeline pipeline, MessageEncoder encoder, ChangeRow row) {
        try {
            return encoder.encode(row);
        } catch (PayloadException e) {
            String eventId = "%s:%019d".formatted(pipeline.identity(), row.sequence());
            return new BusMessage(
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
