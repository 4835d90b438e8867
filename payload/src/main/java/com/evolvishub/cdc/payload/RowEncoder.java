package com.evolvishub.cdc.payload;

import com.evolvishub.cdc.flow.ChangeRow;
import com.evolvishub.cdc.flow.Operation;
import com.evolvishub.cdc.flow.RowSchema;
import java.util.Optional;

/** Puts key, payload and attributes together. What hangs on the schema is kept until it changes. */
final class RowEncoder implements MessageEncoder {

    /** Six times as much, if all of it has to be escaped, still fits an array. */
    private static final int LARGEST = 256 << 20;

    private final KeyForm keys;
    private final PayloadForm payloads;
    private final AttributeForm attributes;
    private final LineCells cells = new LineCells();
    private final JsonBytes json = new JsonBytes();
    private RowSchema schema;
    private RowForm form;

    RowEncoder(KeyForm keys, PayloadForm payloads, AttributeForm attributes) {
        this.keys = keys;
        this.payloads = payloads;
        this.attributes = attributes;
    }

    @Override
    public BusMessage encode(ChangeRow row) throws PayloadException {
        if (!row.schema().equals(schema)) {
            RowForm fitting = new RowForm(row.schema());
            keys.columns(row.schema());
            schema = row.schema();
            form = fitting;
        }
        if (row.line().length > LARGEST) {
            throw new PayloadException(
                    "the row has %d bytes; no message is made of more than %d"
                            .formatted(row.line().length, LARGEST));
        }
        boolean gone = row.operation() == Operation.DELETE;
        cells.read(row.line(), gone ? form.keyCount() : form.columnCount());
        json.clear();
        Optional<byte[]> key = keys.write(row, form, cells, json) ? written() : Optional.empty();
        json.clear();
        Optional<byte[]> payload =
                payloads.write(row, form, cells, json) ? written() : Optional.empty();
        return new BusMessage(key, payload, attributes.of(row));
    }

    private Optional<byte[]> written() {
        return Optional.of(json.copy());
    }
}
