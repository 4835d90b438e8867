package com.evolvishub.cdc.formats.json.value;

import com.evolvishub.cdc.formats.message.MessageEncodingException;
import com.evolvishub.cdc.runtime.row.Column;
import com.evolvishub.cdc.runtime.row.RowSchema;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.IntStream;

/** Encodes rows of one schema as JSON. Used by one thread. */
public final class RowEncoder {

    private final List<Column> columns;
    private final ValueEncoder[] encoders;
    private final byte[][] names;
    private final int[] all;
    private final int[] key;
    private final int[] keyIndexes;

    public RowEncoder(RowSchema schema) {
        columns = schema.columns();
        encoders = new ValueEncoder[columns.size()];
        names = new byte[columns.size()][];
        for (int i = 0; i < encoders.length; i++) {
            encoders[i] = ValueEncoders.of(columns.get(i).type());
            names[i] = memberName(columns.get(i).target());
        }
        all = IntStream.range(0, encoders.length).toArray();
        key = schema.key().stream().mapToInt(Integer::intValue).toArray();
        keyIndexes = IntStream.range(0, key.length).toArray();
    }

    public int columnCount() {
        return all.length;
    }

    public int keyCount() {
        return key.length;
    }

    /**
     * Returns the position of the column with this name at the destination or the source; else -1.
     */
    public static int find(List<Column> columns, String name) {
        for (int i = 0; i < columns.size(); i++) {
            if (columns.get(i).target().equals(name)) {
                return i;
            }
        }
        for (int i = 0; i < columns.size(); i++) {
            if (columns.get(i).name().equals(name)) {
                return i;
            }
        }
        return -1;
    }

    /** Appends all columns of a complete row. */
    public void row(CopyLineCells cells, JsonWriter json) throws MessageEncodingException {
        object(cells, all, all, json);
    }

    /** Appends the key of a complete row. */
    public void key(CopyLineCells cells, JsonWriter json) throws MessageEncodingException {
        object(cells, key, key, json);
    }

    /** Appends the key of a deleted row, which consists only of its key. */
    public void deletedRowKey(CopyLineCells cells, JsonWriter json)
            throws MessageEncodingException {
        object(cells, key, keyIndexes, json);
    }

    /** Appends one value of a complete row. */
    public void value(CopyLineCells cells, int column, JsonWriter json)
            throws MessageEncodingException {
        write(cells, column, column, json);
    }

    /**
     * Appends one key value of a deleted row; returns false if the column is not part of the key.
     */
    public boolean deletedRowKeyValue(CopyLineCells cells, int column, JsonWriter json)
            throws MessageEncodingException {
        for (int index = 0; index < key.length; index++) {
            if (key[index] == column) {
                write(cells, column, index, json);
                return true;
            }
        }
        return false;
    }

    private void object(CopyLineCells cells, int[] selected, int[] indexes, JsonWriter json)
            throws MessageEncodingException {
        for (int i = 0; i < selected.length; i++) {
            json.ascii(i == 0 ? '{' : ',');
            json.raw(names[selected[i]]);
            write(cells, selected[i], indexes[i], json);
        }
        json.ascii('}');
    }

    private void write(CopyLineCells cells, int column, int index, JsonWriter json)
            throws MessageEncodingException {
        try {
            cells.write(index, encoders[column], json);
        } catch (MessageEncodingException e) {
            Column definition = columns.get(column);
            throw new MessageEncodingException(
                    "column \"%s\" (%s): %s"
                            .formatted(
                                    definition.target(), definition.type().name(), e.getMessage()),
                    e);
        }
    }

    /** Returns a JSON member name with its colon. */
    public static byte[] memberName(String name) {
        JsonWriter member = new JsonWriter();
        byte[] text = name.getBytes(StandardCharsets.UTF_8);
        member.string(text, 0, text.length);
        member.ascii(':');
        return member.copy();
    }
}
