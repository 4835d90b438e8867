package com.evolvishub.cdc.runtime.serialization;

import com.evolvishub.cdc.runtime.row.Column;
import com.evolvishub.cdc.runtime.row.RowSchema;
import com.evolvishub.cdc.runtime.row.SqlType;
import com.evolvishub.cdc.runtime.row.TypeDefinition;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Writes and reads a {@link RowSchema}. The format is part of its callers' formats. */
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
            out.writeUTF(column.type().base());
            out.writeInt(column.type().definitions().size());
            for (TypeDefinition definition : column.type().definitions()) {
                out.writeUTF(definition.name());
                // an enum with many labels exceeds the limit of writeUTF
                byte[] statement = definition.statement().getBytes(StandardCharsets.UTF_8);
                out.writeInt(statement.length);
                out.write(statement);
            }
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
            String base = in.readUTF();
            SqlType sqlType = new SqlType(oid, type, kind, category, base, definitions(in));
            columns.add(new Column(name, target, sqlType, in.readBoolean()));
        }
        int keys = in.readInt();
        List<Integer> key = new ArrayList<>(keys);
        for (int i = 0; i < keys; i++) {
            key.add(in.readInt());
        }
        return new RowSchema(columns, key);
    }

    private static List<TypeDefinition> definitions(DataInput in) throws IOException {
        List<TypeDefinition> definitions = new ArrayList<>();
        for (int remaining = in.readInt(); remaining > 0; remaining--) {
            String name = in.readUTF();
            byte[] statement = new byte[in.readInt()];
            in.readFully(statement);
            definitions.add(
                    new TypeDefinition(name, new String(statement, StandardCharsets.UTF_8)));
        }
        return definitions;
    }
}
