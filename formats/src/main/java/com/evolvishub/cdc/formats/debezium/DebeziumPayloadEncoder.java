package com.evolvishub.cdc.formats.debezium;

import com.evolvishub.cdc.formats.json.KeyEncoder;
import com.evolvishub.cdc.formats.json.PayloadEncoder;
import com.evolvishub.cdc.formats.json.value.CopyLineCells;
import com.evolvishub.cdc.formats.json.value.DateTimeParser;
import com.evolvishub.cdc.formats.json.value.JsonWriter;
import com.evolvishub.cdc.formats.json.value.RowEncoder;
import com.evolvishub.cdc.formats.message.MessageEncodingException;
import com.evolvishub.cdc.planner.physical.Capture;
import com.evolvishub.cdc.planner.physical.Pipeline;
import com.evolvishub.cdc.planner.physical.PollScan;
import com.evolvishub.cdc.planner.spec.WatermarkType;
import com.evolvishub.cdc.planner.sql.Relation;
import com.evolvishub.cdc.runtime.row.ChangeRow;
import com.evolvishub.cdc.runtime.row.Operation;
import java.nio.charset.StandardCharsets;
import java.util.OptionalLong;

/**
 * {@code message_format: debezium}: the envelope of Debezium's PostgreSQL connector without a
 * schema, as its JSON converter writes it with {@code schemas.enable=false}. It contains no time of
 * our own clock: times are the row's watermark, null if that is not a timestamp.
 *
 * <p>A row of which only the current version is known is a read ({@code r}), as in an incremental
 * snapshot: consumers treat it as an upsert and expect no earlier version.
 */
public final class DebeziumPayloadEncoder implements PayloadEncoder {

    /** Version of this envelope's format. */
    private static final String VERSION = "1";

    private final boolean hasTime;
    private final byte[] sourceStart;
    private final byte[] sourceTable;
    private final DateTimeParser time = new DateTimeParser();

    public DebeziumPayloadEncoder(Pipeline pipeline) {
        PollScan scan = pipeline.scan();
        hasTime =
                scan.capture() instanceof Capture.ByWatermark by
                        && by.type() == WatermarkType.TIMESTAMP;
        sourceStart =
                bytes(
                        "\"source\":{\"version\":%s,\"connector\":\"postgresql\",\"name\":%s,\"ts_ms\":"
                                .formatted(string(VERSION), string(pipeline.identity())));
        Relation.Table table =
                scan.relation() instanceof Relation.Table named
                        ? named
                        : new Relation.Table("", "");
        sourceTable =
                bytes(
                        ",\"db\":%s,\"schema\":%s,\"table\":%s,\"sequence\":\"[\\\""
                                .formatted(
                                        string(scan.source().connection().database()),
                                        stringOrNull(table.schema()),
                                        stringOrNull(table.name())));
    }

    @Override
    public boolean write(ChangeRow row, RowEncoder encoder, CopyLineCells cells, JsonWriter json)
            throws MessageEncodingException {
        json.ascii("{\"before\":");
        if (row.operation() == Operation.DELETE) {
            before(row, encoder, cells, json);
            json.ascii(",\"after\":null,");
        } else {
            json.ascii("null,\"after\":");
            encoder.row(cells, json);
            json.ascii(',');
        }
        OptionalLong micros = time(row);
        source(row, micros, json);
        json.ascii(",\"op\":\"");
        json.ascii(row.operation() == Operation.UPSERT ? 'r' : row.operation().code());
        json.ascii("\",\"ts_ms\":");
        millis(micros, json);
        json.ascii(",\"transaction\":null}");
        return true;
    }

    private static void before(
            ChangeRow row, RowEncoder encoder, CopyLineCells cells, JsonWriter json)
            throws MessageEncodingException {
        if (encoder.keyCount() > 0) {
            encoder.deletedRowKey(cells, json);
        } else if (!KeyEncoder.rowId(row, json)) {
            json.nullValue();
        }
    }

    private void source(ChangeRow row, OptionalLong micros, JsonWriter json) {
        json.raw(sourceStart);
        millis(micros, json);
        json.ascii(",\"snapshot\":\"");
        json.ascii(row.operation() == Operation.UPSERT ? "incremental" : "false");
        json.ascii('"');
        json.raw(sourceTable);
        json.number(row.sequence());
        json.ascii("\\\"]\",\"ts_us\":");
        if (micros.isPresent()) {
            json.number(micros.getAsLong());
        } else {
            json.nullValue();
        }
        json.ascii('}');
    }

    private OptionalLong time(ChangeRow row) {
        byte[] watermark = row.watermark();
        return hasTime && time.read(watermark, 0, watermark.length)
                ? time.epochMicros()
                : OptionalLong.empty();
    }

    private static void millis(OptionalLong micros, JsonWriter json) {
        if (micros.isPresent()) {
            json.number(Math.floorDiv(micros.getAsLong(), 1000));
        } else {
            json.nullValue();
        }
    }

    private static String stringOrNull(String text) {
        return text.isEmpty() ? "null" : string(text);
    }

    private static String string(String text) {
        JsonWriter json = new JsonWriter();
        byte[] bytes = bytes(text);
        json.string(bytes, 0, bytes.length);
        return new String(json.copy(), StandardCharsets.UTF_8);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
