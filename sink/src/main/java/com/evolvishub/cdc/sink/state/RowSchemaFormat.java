package com.evolvishub.cdc.sink.state;

import com.evolvishub.cdc.runtime.row.Column;
import com.evolvishub.cdc.runtime.row.RowSchema;
import com.evolvishub.cdc.runtime.row.SqlType;
import com.evolvishub.cdc.runtime.row.TypeDefinition;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Binary format of a {@link RowSchema} inside {@link DeliveryStateFormat}. */
final class RowSchemaFormat {

    private RowSchemaFormat() {}

    static void write(RowSchema schema, DataOutput out) throws IOException {
        out.writeInt(schema.columns().size());
        for (Column column : schema.columns()) {
            DeliveryStateFormat.text(column.name(), out);
            DeliveryStateFormat.text(column.target(), out);
            out.writeInt(column.type().oid());
            DeliveryStateFormat.text(column.type().name(), out);
            out.writeChar(column.type().kind());
            out.writeChar(column.type().category());
            DeliveryStateFormat.text(column.type().base(), out);
            out.writeInt(column.type().definitions().size());
            for (TypeDefinition definition : column.type().definitions()) {
                DeliveryStateFormat.text(definition.name(), out);
                DeliveryStateFormat.text(definition.statement(), out);
            }
            out.writeBoolean(column.nullable());
        }
        out.writeInt(schema.key().size());
        for (int position : schema.key()) {
            out.writeInt(position);
        }
    }

    static RowSchema read(DataInput in, int version) throws IOException {
        List<Column> columns = new ArrayList<>();
        for (int left = in.readInt(); left > 0; left--) {
            String name = DeliveryStateFormat.text(in);
            String target = DeliveryStateFormat.text(in);
            columns.add(new Column(name, target, type(in, version), in.readBoolean()));
        }
        List<Integer> key = new ArrayList<>();
        for (int left = in.readInt(); left > 0; left--) {
            key.add(in.readInt());
        }
        return new RowSchema(columns, key);
    }

    /** Format 1 has neither the base type of a domain nor type definitions. */
    private static SqlType type(DataInput in, int version) throws IOException {
        int oid = in.readInt();
        String name = DeliveryStateFormat.text(in);
        char kind = in.readChar();
        char category = in.readChar();
        if (version == 1) {
            return new SqlType(oid, name, kind, category);
        }
        String base = DeliveryStateFormat.text(in);
        List<TypeDefinition> definitions = new ArrayList<>();
        for (int left = in.readInt(); left > 0; left--) {
            String definitionName = DeliveryStateFormat.text(in);
            definitions.add(new TypeDefinition(definitionName, DeliveryStateFormat.text(in)));
        }
        return new SqlType(oid, name, kind, category, base, definitions);
    }
}
