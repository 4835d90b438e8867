package com.evolvishub.cdc.flow;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Writes and reads a {@link RowSchema}. The format is part of the formats of those who call. */
public final class RowSchemaSerializer {

    private RowSchemaSerializer() {}

    /** Appends a schema. */
    public static void write(RowSchema schema, DataOutput out) throws IOException {
        out.writeInt(schema.columns().size());
        for (Column column : schema.columns()) {
            out.writeUTF(column.name());
            out.writeUTF(column.target());
            out.writeInt(column.type().oid());
            out.writeUTF(column.type().name());
            out.writeChar(column.type().kind());
            out.writeChar(column.type().category());
            out.writeBoolean(column.nullable());
        }
        out.writeInt(schema.key().size());
        for (int position : schema.key()) {
            out.writeInt(position);
        }
    }

    /** Reads what {@link #write} wrote. */
    public static RowSchema read(DataInput in) throws IOException {
        int count = in.readInt();
        List<Column> columns = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            String name = in.readUTF();
            String target = in.readUTF();
            int oid = in.readInt();
            String type = in.readUTF();
            char kind = in.readChar();
            char category = in.readChar();
            columns.add(
                    new Column(
                            name,
                            target,
                            new SqlType(oid, type, kind, category),
                            in.readBoolean()));
        }
        int keys = in.readInt();
        List<Integer> key = new ArrayList<>(keys);
        for (int i = 0; i < keys; i++) {
            key.add(in.readInt());
        }
        return new RowSchema(columns, key);
    }
}
