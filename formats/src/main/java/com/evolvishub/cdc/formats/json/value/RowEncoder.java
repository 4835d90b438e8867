package com.evolvishub.cdc.formats.json.value;

import com.evolvishub.cdc.formats.message.MessageEncodingException;
import com.evolvishub.cdc.runtime.row.Column;
import com.evolvishub.cdc.runtime.row.RowSchema;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.IntStream;

/** The forms of the columns of one schema. Used by one thread. */
public final class RowEncoder {

    private final List<Column> columns;
    private final ValueEncoder[] forms;
    private final byte[][] names;
    private final int[] all;
    private final int[] key;
    private final int[] keyPlaces;

    public RowEncoder(RowSchema schema) {
        columns = schema.columns();
        forms = new ValueEncoder[columns.size()];
        names = new byte[columns.size()][];
        for (int i = 0; i < forms.length; i++) {
            forms[i] = ValueEncoders.of(columns.get(i).type());
            names[i] = memberName(columns.get(i).target());
        }
        all = IntStream.range(0, forms.length).toArray();
        key = schema.key().stream().mapToInt(Integer::intValue).toArray();
        keyPlaces = IntStream.range(0, key.length).toArray();
    }

    public int columnCount() {
        return all.length;
    }

    public int keyCount() {
        return key.length;
    }

    /** The position of the column with this name, at the source or the destination; else -1. */
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

    /** All columns of a whole row. */
    public void row(CopyLineCells cells, JsonWriter json) throws MessageEncodingException {
        object(cells, all, all, json);
    }

    /** The key of a whole row. */
    public void key(CopyLineCells cells, JsonWriter json) throws MessageEncodingException {
        object(cells, key, key, json);
    }

    /** The key of a row that carries nothing else. */
    public void deletedRowKey(CopyLineCells cells, JsonWriter json)
            throws MessageEncodingException {
        object(cells, key, keyPlaces, json);
    }

    /** One value of a whole row. */
    public void value(CopyLineCells cells, int column, JsonWriter json)
            throws MessageEncodingException {
        write(cells, column, column, json);
    }

    /** One value of the key, of a row that carries nothing else; false if it is not of the key. */
    public boolean deletedRowKeyValue(CopyLineCells cells, int column, JsonWriter json)
            throws MessageEncodingException {
        for (int place = 0; place < key.length; place++) {
            if (key[place] == column) {
                write(cells, column, place, json);
                return true;
            }
        }
        return false;
    }

    private void object(CopyLineCells cells, int[] chosen, int[] places, JsonWriter json)
            throws MessageEncodingException {
        for (int i = 0; i < chosen.length; i++) {
            json.ascii(i == 0 ? '{' : ',');
            json.raw(names[chosen[i]]);
            write(cells, chosen[i], places[i], json);
        }
        json.ascii('}');
    }

    private void write(CopyLineCells cells, int column, int place, JsonWriter json)
            throws MessageEncodingException {
        try {
            cells.write(place, forms[column], json);
        } catch (MessageEncodingException formless) {
            Column of = columns.get(column);
            throw new MessageEncodingException(
                    "column \"%s\" (%s): %s"
                            .formatted(of.target(), of.type().name(), formless.getMessage()),
                    formless);
        }
    }

    /** A name and its colon. */
    public static byte[] memberName(String name) {
        JsonWriter member = new JsonWriter();
        byte[] text = name.getBytes(StandardCharsets.UTF_8);
        member.string(text, 0, text.length);
        member.ascii(':');
        return member.copy();
    }
}
