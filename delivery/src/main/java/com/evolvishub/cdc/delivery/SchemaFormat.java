package com.evolvishub.cdc.delivery;

import com.evolvishub.cdc.flow.Column;
import com.evolvishub.cdc.flow.RowSchema;
import com.evolvishub.cdc.flow.SqlType;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** The bytes of a {@link RowSchema} inside version 1 of {@link DeliveryStateFormat}. */
final class SchemaFormat {

    private SchemaFormat() {}

    static void write(RowSchema schema, DataOutput out) throws IOException {
        out.writeInt(schema.columns().size());
        for (Column column : schema.columns()) {
            DeliveryStateFormat.text(column.name(), out);
            DeliveryStateFormat.text(column.target(), out);
            out.writeInt(column.type().oid());
            DeliveryStateFormat.text(column.type().name(), out);
            out.writeChar(column.type().kind());
            out.writeChar(column.type().category());
            out.writeBoolean(column.nullable());
        }
        out.writeInt(schema.key().size());
        for (int position : schema.key()) {
            out.writeInt(position);
        }
    }

    static RowSchema read(DataInput in) throws IOException {
        List<Column> columns = new ArrayList<>();
        for (int left = in.readInt(); left > 0; left--) {
            String name = DeliveryStateFormat.text(in);
            String target = DeliveryStateFormat.text(in);
            int oid = in.readInt();
            String typeName = DeliveryStateFormat.text(in);
            SqlType type = new SqlType(oid, typeName, in.readChar(), in.readChar());
            columns.add(new Column(name, target, type, in.readBoolean()));
        }
        List<Integer> key = new ArrayList<>();
        for (int left = in.readInt(); left > 0; left--) {
            key.add(in.readInt());
        }
        return new RowSchema(columns, key);
    }
}
