package com.evolvishub.cdc.formats.json;

import com.evolvishub.cdc.formats.json.value.CopyLineCells;
import com.evolvishub.cdc.formats.json.value.JsonWriter;
import com.evolvishub.cdc.formats.json.value.RowEncoder;
import com.evolvishub.cdc.formats.message.MessageEncodingException;
import com.evolvishub.cdc.runtime.row.ChangeRow;
import com.evolvishub.cdc.runtime.row.Operation;
import com.evolvishub.cdc.runtime.row.RowSchema;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/**
 * Encodes the key of a message: an object of the mapping's key columns, the text of {@code
 * key_field}, or an object with our row id for a row without a key.
 */
public final class KeyEncoder {

    private static final byte[] ROW_ID = RowEncoder.memberName("_cdc_row");

    private final String field;
    private final JsonWriter value = new JsonWriter();
    private int column = -1;
    private boolean isJson;

    /**
     * @param field a column, by its name at the source or the destination; empty: the mapping's key
     */
    public KeyEncoder(String field) {
        this.field = field;
    }

    /** Sets the schema of the following rows. */
    public void useSchema(RowSchema schema) throws MessageEncodingException {
        if (field.isEmpty()) {
            return;
        }
        column = RowEncoder.find(schema.columns(), field);
        if (column < 0) {
            throw new MessageEncodingException(
                    "key_field: the row has no column \"" + field + "\"");
        }
        String type = schema.columns().get(column).type().base();
        isJson = type.equals("json") || type.equals("jsonb");
    }

    /**
     * Appends the key.
     *
     * @return false if the row has no key; nothing is appended
     */
    public boolean write(ChangeRow row, RowEncoder encoder, CopyLineCells cells, JsonWriter json)
            throws MessageEncodingException {
        if (field.isEmpty()) {
            return mappingKey(row, encoder, cells, json);
        }
        value.clear();
        if (row.operation() != Operation.DELETE) {
            encoder.value(cells, column, value);
        } else if (!encoder.deletedRowKeyValue(cells, column, value)) {
            // only the mapping's key identifies the deleted row
            return mappingKey(row, encoder, cells, json);
        }
        return appendText(value.copy(), json);
    }

    private static boolean mappingKey(
            ChangeRow row, RowEncoder encoder, CopyLineCells cells, JsonWriter json)
            throws MessageEncodingException {
        if (encoder.keyCount() > 0) {
            if (row.operation() == Operation.DELETE) {
                encoder.deletedRowKey(cells, json);
            } else {
                encoder.key(cells, json);
            }
            return true;
        }
        return rowId(row, json);
    }

    /** Appends our row id of a row without a key, so that a delete can be matched to its row. */
    public static boolean rowId(ChangeRow row, JsonWriter json) {
        if (row.rowId().length == 0) {
            return false;
        }
        json.ascii('{');
        json.raw(ROW_ID);
        json.ascii('"');
        json.raw(Base64.getEncoder().encode(row.rowId()));
        json.ascii('"');
        json.ascii('}');
        return true;
    }

    /**
     * Appends a JSON string without quotes and escapes, and any other JSON unchanged; for null
     * nothing.
     */
    private boolean appendText(byte[] encoded, JsonWriter json) {
        if (encoded.length == 4 && encoded[0] == 'n') {
            return false;
        }
        if (isJson || encoded[0] != '"') {
            json.raw(encoded);
            return true;
        }
        for (int i = 1; i < encoded.length - 1; i++) {
            byte b = encoded[i];
            if (b == '\\') {
                b = encoded[++i];
                if (b == 'u') {
                    String code = new String(encoded, i + 1, 4, StandardCharsets.US_ASCII);
                    json.ascii((char) Integer.parseInt(code, 16));
                    i += 4;
                    continue;
                }
                b = unescape(b);
            }
            json.ascii((char) (b & 0xff));
        }
        return true;
    }

    private static byte unescape(byte code) {
        return switch (code) {
            case 'b' -> '\b';
            case 'f' -> '\f';
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            default -> code;
        };
    }
}
