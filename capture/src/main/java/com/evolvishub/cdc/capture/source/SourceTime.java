package com.evolvishub.cdc.capture.source;

import java.io.IOException;
import java.util.Objects;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;

/**
 * What is known of time at the source; part of a mapping's position.
 *
 * @param zone that values without one were read in; empty: none was yet
 * @param measured whether {@code ahead} is known
 * @param ahead by how much the database's clock was ahead of ours at the last look, in microseconds
 * @param futureRows how many rows lay above the database's clock when they were last read
 * @param futureReadAt the database's time then, in microseconds since 1970
 * @param granule what the watermarks that were looked at are whole multiples of
 */
record SourceTime(
        String zone,
        boolean measured,
        long ahead,
        long futureRows,
        long futureReadAt,
        Granule granule) {

    static final SourceTime UNKNOWN = new SourceTime("", false, 0, 0, 0, Granule.UNKNOWN);

    SourceTime {
        Objects.requireNonNull(zone, "zone");
        Objects.requireNonNull(granule, "granule");
    }

    SourceTime in(String otherZone) {
        return new SourceTime(otherZone, measured, ahead, futureRows, futureReadAt, granule);
    }

    SourceTime ahead(long micros) {
        return new SourceTime(zone, true, micros, futureRows, futureReadAt, granule);
    }

    SourceTime withFuture(long rows, long readAt) {
        return new SourceTime(zone, measured, ahead, rows, readAt, granule);
    }

    SourceTime with(Granule recognised) {
        return new SourceTime(zone, measured, ahead, futureRows, futureReadAt, recognised);
    }

    void write(DataOutputSerializer out) throws IOException {
        out.writeUTF(zone);
        out.writeBoolean(measured);
        out.writeLong(ahead);
        out.writeLong(futureRows);
        out.writeLong(futureReadAt);
        out.writeUTF(granule.name());
    }

    static SourceTime read(DataInputDeserializer in) throws IOException {
        return new SourceTime(
                in.readUTF(),
                in.readBoolean(),
                in.readLong(),
                in.readLong(),
                in.readLong(),
                Granule.valueOf(in.readUTF()));
    }
}
