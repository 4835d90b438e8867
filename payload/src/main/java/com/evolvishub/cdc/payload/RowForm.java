package com.evolvishub.cdc.payload;

import com.evolvishub.cdc.flow.Column;
import com.evolvishub.cdc.flow.RowSchema;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.IntStream;

/** The forms of the columns of one schema. Used by one thread. */
final class RowForm {

    private final List<Column> columns;
    private final ValueForm[] forms;
    private final byte[][] names;
    private final int[] all;
    private final int[] key;
    private final int[] keyPlaces;

    RowForm(RowSchema schema) {
        columns = schema.columns();
        forms = new ValueForm[columns.size()];
        names = new byte[columns.size()][];
        for (int i = 0; i < forms.length; i++) {
            forms[i] = ValueForms.of(columns.get(i).type());
            names[i] = member(columns.get(i).target());
        }
        all = IntStream.range(0, forms.length).toArray();
        key = schema.key().stream().mapToInt(Integer::intValue).toArray();
        keyPlaces = IntStream.range(0, key.length).toArray();
    }

    int columnCount() {
        return all.length;
    }

    int keyCount() {
        return key.length;
    }

    /** The position of the column with this name, at the source or the destination; else -1. */
    static int find(List<Column> columns, String name) {
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
    void row(LineCells cells, JsonBytes json) throws PayloadException {
        object(cells, all, all, json);
    }

    /** The key of a whole row. */
    void key(LineCells cells, JsonBytes json) throws PayloadException {
        object(cells, key, key, json);
    }

    /** The key of a row that carries nothing else. */
    void loneKey(LineCells cells, JsonBytes json) throws PayloadException {
        object(cells, key, keyPlaces, json);
    }

    /** One value of a whole row. */
    void value(LineCells cells, int column, JsonBytes json) throws PayloadException {
        write(cells, column, column, json);
    }

    /** One value of the key, of a row that carries nothing else; false if it is not of the key. */
    boolean loneKeyValue(LineCells cells, int column, JsonBytes json) throws PayloadException {
        for (int place = 0; place < key.length; place++) {
            if (key[place] == column) {
                write(cells, column, place, json);
                return true;
            }
        }
        return false;
    }

    private void object(LineCells cells, int[] chosen, int[] places, JsonBytes json)
            throws PayloadException {
        for (int i = 0; i < chosen.length; i++) {
            json.ascii(i == 0 ? '{' : ',');
            json.raw(names[chosen[i]]);
            write(cells, chosen[i], places[i], json);
        }
        json.ascii('}');
    }

    private void write(LineCells cells, int column, int place, JsonBytes json)
            throws PayloadException {
        try {
            cells.write(place, forms[column], json);
        } catch (PayloadException formless) {
            Column of = columns.get(column);
            throw new PayloadException(
                    "column \"%s\" (%s): %s"
                            .formatted(of.target(), of.type().name(), formless.getMessage()),
                    formless);
        }
    }

    /** A name and its colon. */
    static byte[] member(String name) {
        JsonBytes member = new JsonBytes();
        byte[] text = name.getBytes(StandardCharsets.UTF_8);
        member.string(text, 0, text.length);
        member.ascii(':');
        return member.copy();
    }
}
