package com.evolvishub.cdc.source.split;

import com.evolvishub.cdc.source.watermark.WatermarkGranularity;
import java.io.IOException;
import java.util.Objects;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;

/**
 * What is known of clock and time zone of the source; part of a mapping's position.
 *
 * @param zone time zone in which values without one were read; empty: none yet
 * @param clockMeasured whether {@code clockOffsetMicros} is known
 * @param clockOffsetMicros by how much the database's clock was ahead of the local clock at the
 *     last transaction snapshot, in microseconds
 * @param futureRows how many rows lay above the database's clock when they were last read
 * @param futureReadAt the database's time of that read, in microseconds since 1970
 * @param granularity the granularity of the watermarks seen so far
 */
public record SourceTimeState(
        String zone,
        boolean clockMeasured,
        long clockOffsetMicros,
        long futureRows,
        long futureReadAt,
        WatermarkGranularity granularity) {

    static final SourceTimeState UNKNOWN =
            new SourceTimeState("", false, 0, 0, 0, WatermarkGranularity.UNKNOWN);

    public SourceTimeState {
        Objects.requireNonNull(zone, "zone");
        Objects.requireNonNull(granularity, "granule");
    }

    public SourceTimeState in(String otherZone) {
        return new SourceTimeState(
                otherZone, clockMeasured, clockOffsetMicros, futureRows, futureReadAt, granularity);
    }

    public SourceTimeState ahead(long micros) {
        return new SourceTimeState(zone, true, micros, futureRows, futureReadAt, granularity);
    }

    public SourceTimeState withFuture(long rows, long readAt) {
        return new SourceTimeState(
                zone, clockMeasured, clockOffsetMicros, rows, readAt, granularity);
    }

    public SourceTimeState with(WatermarkGranularity detected) {
        return new SourceTimeState(
                zone, clockMeasured, clockOffsetMicros, futureRows, futureReadAt, detected);
    }

    void write(DataOutputSerializer out) throws IOException {
        out.writeUTF(zone);
        out.writeBoolean(clockMeasured);
        out.writeLong(clockOffsetMicros);
        out.writeLong(futureRows);
        out.writeLong(futureReadAt);
        out.writeUTF(granularity.name());
    }

    static SourceTimeState read(DataInputDeserializer in) throws IOException {
        return new SourceTimeState(
                in.readUTF(),
                in.readBoolean(),
                in.readLong(),
                in.readLong(),
                in.readLong(),
                WatermarkGranularity.valueOf(in.readUTF()));
    }
}
