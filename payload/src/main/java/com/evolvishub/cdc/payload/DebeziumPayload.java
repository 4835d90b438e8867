package com.evolvishub.cdc.payload;

import com.evolvishub.cdc.flow.ChangeRow;
import com.evolvishub.cdc.flow.Operation;
import com.evolvishub.cdc.planner.physical.Capture;
import com.evolvishub.cdc.planner.physical.Pipeline;
import com.evolvishub.cdc.planner.physical.PollScan;
import com.evolvishub.cdc.planner.physical.Relation;
import com.evolvishub.cdc.planner.spec.WatermarkType;
import java.nio.charset.StandardCharsets;
import java.util.OptionalLong;

/**
 * {@code message_format: debezium}: the envelope of Debezium's PostgreSQL connector without a
 * schema, as its JSON converter writes it with {@code schemas.enable=false}. Nothing in it comes
 * from a clock of ours: times are the row's watermark, null where that is no timestamp.
 *
 * <p>A row of which only the current version is known is a read ({@code r}), as in an incremental
 * snapshot: readers take it for an upsert and expect no earlier version.
 */
final class DebeziumPayload implements PayloadForm {

    /** Of the form of this envelope. */
    private static final String VERSION = "1";

    private final boolean hasTime;
    private final byte[] sourceStart;
    private final byte[] place;
    private final TimeText time = new TimeText();

    DebeziumPayload(Pipeline pipeline) {
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
        place =
                bytes(
                        ",\"db\":%s,\"schema\":%s,\"table\":%s,\"sequence\":\"[\\\""
                                .formatted(
                                        string(scan.source().connection().database()),
                                        stringOrNull(table.schema()),
                                        stringOrNull(table.name())));
    }

    @Override
    public boolean write(ChangeRow row, RowForm form, LineCells cells, JsonBytes json)
            throws PayloadException {
        json.ascii("{\"before\":");
        if (row.operation() == Operation.DELETE) {
            before(row, form, cells, json);
            json.ascii(",\"after\":null,");
        } else {
            json.ascii("null,\"after\":");
            form.row(cells, json);
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

    private static void before(ChangeRow row, RowForm form, LineCells cells, JsonBytes json)
            throws PayloadException {
        if (form.keyCount() > 0) {
            form.loneKey(cells, json);
        } else if (!KeyForm.rowId(row, json)) {
            json.nothing();
        }
    }

    private void source(ChangeRow row, OptionalLong micros, JsonBytes json) {
        json.raw(sourceStart);
        millis(micros, json);
        json.ascii(",\"snapshot\":\"");
        json.ascii(row.operation() == Operation.UPSERT ? "incremental" : "false");
        json.ascii('"');
        json.raw(place);
        json.number(row.sequence());
        json.ascii("\\\"]\",\"ts_us\":");
        if (micros.isPresent()) {
            json.number(micros.getAsLong());
        } else {
            json.nothing();
        }
        json.ascii('}');
    }

    private OptionalLong time(ChangeRow row) {
        byte[] watermark = row.watermark();
        return hasTime && time.read(watermark, 0, watermark.length)
                ? time.epochMicros()
                : OptionalLong.empty();
    }

    private static void millis(OptionalLong micros, JsonBytes json) {
        if (micros.isPresent()) {
            json.number(Math.floorDiv(micros.getAsLong(), 1000));
        } else {
            json.nothing();
        }
    }

    private static String stringOrNull(String text) {
        return text.isEmpty() ? "null" : string(text);
    }

    private static String string(String text) {
        JsonBytes json = new JsonBytes();
        byte[] bytes = bytes(text);
        json.string(bytes, 0, bytes.length);
        return new String(json.copy(), StandardCharsets.UTF_8);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
