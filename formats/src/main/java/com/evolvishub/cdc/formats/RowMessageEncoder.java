package com.evolvishub.cdc.formats;

import com.evolvishub.cdc.formats.json.KeyEncoder;
import com.evolvishub.cdc.formats.json.PayloadEncoder;
import com.evolvishub.cdc.formats.json.value.CopyLineCells;
import com.evolvishub.cdc.formats.json.value.JsonWriter;
import com.evolvishub.cdc.formats.json.value.RowEncoder;
import com.evolvishub.cdc.formats.message.EncodedMessage;
import com.evolvishub.cdc.formats.message.MessageEncoder;
import com.evolvishub.cdc.formats.message.MessageEncodingException;
import com.evolvishub.cdc.runtime.row.ChangeRow;
import com.evolvishub.cdc.runtime.row.Operation;
import com.evolvishub.cdc.runtime.row.RowSchema;
import java.util.Optional;

/**
 * Combines key, payload and attributes. Keeps everything that depends on the schema until the
 * schema changes.
 */
final class RowMessageEncoder implements MessageEncoder {

    /**
     * Maximum row size: six times as much, if every byte has to be escaped, still fits an array.
     */
    private static final int MAX_ROW_BYTES = 256 << 20;

    private final KeyEncoder keys;
    private final PayloadEncoder payloads;
    private final AttributeEncoder attributes;
    private final CopyLineCells cells = new CopyLineCells();
    private final JsonWriter json = new JsonWriter();
    private RowSchema schema;
    private RowEncoder encoder;

    RowMessageEncoder(KeyEncoder keys, PayloadEncoder payloads, AttributeEncoder attributes) {
        this.keys = keys;
        this.payloads = payloads;
        this.attributes = attributes;
    }

    @Override
    public EncodedMessage encode(ChangeRow row) throws MessageEncodingException {
        if (!row.schema().equals(schema)) {
            RowEncoder newEncoder = new RowEncoder(row.schema());
            keys.useSchema(row.schema());
            schema = row.schema();
            encoder = newEncoder;
        }
        if (row.line().length > MAX_ROW_BYTES) {
            throw new MessageEncodingException(
                    "the row has %d bytes; no message is made of more than %d"
                            .formatted(row.line().length, MAX_ROW_BYTES));
        }
        boolean delete = row.operation() == Operation.DELETE;
        cells.read(row.line(), delete ? encoder.keyCount() : encoder.columnCount());
        json.clear();
        Optional<byte[]> key = keys.write(row, encoder, cells, json) ? written() : Optional.empty();
        json.clear();
        Optional<byte[]> payload =
                payloads.write(row, encoder, cells, json) ? written() : Optional.empty();
        return new EncodedMessage(key, payload, attributes.encode(row));
    }

    private Optional<byte[]> written() {
        return Optional.of(json.copy());
    }
}
