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
 * The key of a message: an object of the mapping's key, the text of {@code key_field}, or for a row
 * that has no key but an id of ours an object of that.
 */
public final class KeyEncoder {

    private static final byte[] ROW_ID = RowEncoder.memberName("_cdc_row");

    private final String field;
    private final JsonWriter value = new JsonWriter();
    private int column = -1;
    private boolean isJson;

    /**
     * @param field a column by its name at the source or the destination; empty: the mapping's key
     */
    public KeyEncoder(String field) {
        this.field = field;
    }

    /** Rows have these columns from now on. */
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
     * @return false, and nothing is appended: the row has none
     */
    public boolean write(ChangeRow row, RowEncoder form, CopyLineCells cells, JsonWriter json)
            throws MessageEncodingException {
        if (field.isEmpty()) {
            return mappingKey(row, form, cells, json);
        }
        value.clear();
        if (row.operation() != Operation.DELETE) {
            form.value(cells, column, value);
        } else if (!form.deletedRowKeyValue(cells, column, value)) {
            // nothing else would tell which row is gone
            return mappingKey(row, form, cells, json);
        }
        return plain(value.copy(), json);
    }

    private static boolean mappingKey(
            ChangeRow row, RowEncoder form, CopyLineCells cells, JsonWriter json)
            throws MessageEncodingException {
        if (form.keyCount() > 0) {
            if (row.operation() == Operation.DELETE) {
                form.deletedRowKey(cells, json);
            } else {
                form.key(cells, json);
            }
            return true;
        }
        return rowId(row, json);
    }

    /** The id of a row without a key, so that what is gone names what was there. */
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

    /** A JSON string without quotes and escapes; any other JSON as it is; for null nothing. */
    private boolean plain(byte[] found, JsonWriter json) {
        if (found.length == 4 && found[0] == 'n') {
            return false;
        }
        if (isJson || found[0] != '"') {
            json.raw(found);
            return true;
        }
        for (int i = 1; i < found.length - 1; i++) {
            byte b = found[i];
            if (b == '\\') {
                b = found[++i];
                if (b == 'u') {
                    String code = new String(found, i + 1, 4, StandardCharsets.US_ASCII);
                    json.ascii((char) Integer.parseInt(code, 16));
                    i += 4;
                    continue;
                }
                b = meant(b);
            }
            json.ascii((char) (b & 0xff));
        }
        return true;
    }

    private static byte meant(byte letter) {
        return switch (letter) {
            case 'b' -> '\b';
            case 'f' -> '\f';
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            default -> letter;
        };
    }
}
