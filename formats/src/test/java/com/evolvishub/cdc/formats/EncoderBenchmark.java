package com.evolvishub.cdc.formats;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.evolvishub.cdc.formats.message.MessageEncoder;
import com.evolvishub.cdc.runtime.row.ChangeRow;
import com.evolvishub.cdc.runtime.row.Column;
import com.evolvishub.cdc.runtime.row.CopyText;
import com.evolvishub.cdc.runtime.row.Operation;
import com.evolvishub.cdc.runtime.row.RowSchema;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;

/**
 * Prints how many rows of ten columns one core encodes as messages per second, and for comparison
 * how many payloads Jackson's tree model encodes from the same cells. Run by {@code bench/rates
 * payload}; asserts nothing.
 */
final class EncoderBenchmark {

    private static final int ROWS = 10_000;
    private static final int ROUNDS = 100;
    private static final ObjectMapper JACKSON = new ObjectMapper();

    private EncoderBenchmark() {}

    public static void main(String[] arguments) throws Exception {
        RowSchema schema = schema();
        List<ChangeRow> rows = rows(schema);
        MessageEncoder json = MessageEncoders.of(MessagePipelines.with());
        MessageEncoder debezium =
                MessageEncoders.of(
                        MessagePipelines.with(
                                MessagePipelines.option("message_format", "debezium")));
        for (int i = 0; i < 3; i++) {
            double ours = rate(rows, row -> json.encode(row).payload().orElseThrow());
            double enveloped = rate(rows, row -> debezium.encode(row).payload().orElseThrow());
            double tree = rate(rows, EncoderBenchmark::tree);
            System.out.printf(
                    "json %,.0f rows/s, debezium %,.0f rows/s, Jackson's tree %,.0f rows/s, ratio"
                            + " %.1f%n",
                    ours, enveloped, tree, ours / tree);
        }
    }

    private interface Work {
        byte[] of(ChangeRow row) throws Exception;
    }

    private static double rate(List<ChangeRow> rows, Work work) throws Exception {
        long bytes = 0;
        long start = System.nanoTime();
        for (int round = 0; round < ROUNDS; round++) {
            for (ChangeRow row : rows) {
                bytes += work.of(row).length;
            }
        }
        double seconds = (System.nanoTime() - start) / 1e9;
        if (bytes == 0) {
            throw new IllegalStateException("nothing was encoded");
        }
        return ROWS * (double) ROUNDS / seconds;
    }

    private static byte[] tree(ChangeRow row) throws Exception {
        ObjectNode object = JACKSON.createObjectNode();
        List<Column> columns = row.schema().columns();
        List<byte[]> cells = CopyText.cells(row.line());
        for (int i = 0; i < columns.size(); i++) {
            String name = columns.get(i).target();
            if (CopyText.isNull(cells.get(i))) {
                object.putNull(name);
                continue;
            }
            String text = CopyText.unescape(cells.get(i));
            switch (columns.get(i).type().name()) {
                case "bigint", "integer" -> object.put(name, Long.parseLong(text));
                case "numeric(10,2)" -> object.put(name, new BigDecimal(text));
                case "boolean" -> object.put(name, text.equals("t"));
                case "jsonb" -> object.set(name, JACKSON.readTree(text));
                default -> object.put(name, text);
            }
        }
        return JACKSON.writeValueAsBytes(object);
    }

    private static RowSchema schema() {
        return new RowSchema(
                List.of(
                        MessageRows.column("id", "bigint", 'b', 'N'),
                        MessageRows.column("customer_id", "integer", 'b', 'N'),
                        MessageRows.column("amount", "numeric(10,2)", 'b', 'N'),
                        MessageRows.column("status", "app.status", 'e', 'E'),
                        MessageRows.column("name", "text", 'b', 'S'),
                        MessageRows.column("note", "text", 'b', 'S'),
                        MessageRows.column("paid", "boolean", 'b', 'B'),
                        MessageRows.column("details", "jsonb", 'b', 'U'),
                        MessageRows.column("created", "timestamp with time zone", 'b', 'D'),
                        MessageRows.column("updated", "timestamp with time zone", 'b', 'D')),
                List.of(0));
    }

    private static List<ChangeRow> rows(RowSchema schema) {
        List<ChangeRow> rows = new ArrayList<>(ROWS);
        for (int i = 0; i < ROWS; i++) {
            String line =
                    "%d\t%d\t%d.50\tpaid\tJosé %d\tleave at the \"door\"\\nplease\tt\t{\"a\": [%d, 2]}\t2024-01-02 03:04:05.%06d+00\t\\N"
                            .formatted(i, i % 97, i, i, i, i);
            rows.add(
                    ChangeRow.of(
                                    Operation.UPSERT,
                                    schema,
                                    line.getBytes(UTF_8),
                                    "2024-01-02 03:04:05.123456+00".getBytes(UTF_8))
                            .withSequence(i + 1L));
        }
        return rows;
    }
}
