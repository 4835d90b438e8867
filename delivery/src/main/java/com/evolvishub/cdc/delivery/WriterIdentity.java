package com.evolvishub.cdc.delivery;

import com.evolvishub.cdc.planner.physical.Pipeline;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.UUID;

/** Who this attempt of the task is to the destination. Written by one thread, read by others. */
final class WriterIdentity {

    private final Pipeline pipeline;
    private final String run;
    private final String writer = UUID.randomUUID().toString();
    private volatile Numbering numbering = Numbering.UNKNOWN;
    private volatile boolean held;
    private volatile long epoch;

    /**
     * @param epoch the highest epoch that the run is known to have held; 0: none
     */
    WriterIdentity(Pipeline pipeline, String run, long epoch) {
        this.pipeline = pipeline;
        this.run = run;
        this.epoch = epoch;
    }

    /** As it presents itself now. May take the time of a look-up of this machine's name. */
    Lane lane() {
        return new Lane(
                pipeline.identity(),
                run,
                writer,
                host(),
                pipeline.mapping(),
                held,
                epoch,
                numbering);
    }

    /** Random id of this attempt: the author of the numbers that it gives. */
    String author() {
        return writer;
    }

    /** Who numbered the rows that will be written next. */
    void numbered(Numbering now) {
        numbering = now;
    }

    void opened(long under) {
        held = true;
        epoch = under;
    }

    long epoch() {
        return epoch;
    }

    private static String host() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return "unknown";
        }
    }
}
