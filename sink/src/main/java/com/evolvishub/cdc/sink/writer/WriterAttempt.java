package com.evolvishub.cdc.sink.writer;

import com.evolvishub.cdc.planner.physical.Pipeline;
import com.evolvishub.cdc.sink.progress.SequenceHistory;
import com.evolvishub.cdc.sink.progress.WriterIdentity;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.UUID;

/** Who this attempt of the task is to the destination. Written by one thread, read by others. */
final class WriterAttempt {

    private final Pipeline pipeline;
    private final String run;
    private final String writer = UUID.randomUUID().toString();
    private volatile SequenceHistory numbering = SequenceHistory.UNKNOWN;
    private volatile boolean heldBefore;
    private volatile long epoch;

    /**
     * @param epoch the highest epoch that the run is known to have held; 0: none
     */
    WriterAttempt(Pipeline pipeline, String run, long epoch) {
        this.pipeline = pipeline;
        this.run = run;
        this.epoch = epoch;
    }

    /** As it presents itself now. May take the time of a look-up of this machine's name. */
    WriterIdentity identity() {
        return new WriterIdentity(
                pipeline.identity(),
                run,
                writer,
                host(),
                pipeline.mapping(),
                heldBefore,
                epoch,
                numbering);
    }

    /** Random id of this attempt: the author of the numbers that it gives. */
    String id() {
        return writer;
    }

    /** Who numbered the rows that will be written next. */
    void useSequenceHistory(SequenceHistory now) {
        numbering = now;
    }

    void onOpened(long under) {
        heldBefore = true;
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
