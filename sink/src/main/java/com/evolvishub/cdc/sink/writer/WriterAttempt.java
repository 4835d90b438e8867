package com.evolvishub.cdc.sink.writer;

import com.evolvishub.cdc.planner.physical.Pipeline;
import com.evolvishub.cdc.sink.progress.SequenceHistory;
import com.evolvishub.cdc.sink.progress.WriterIdentity;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.UUID;

/** The identity of this attempt of the task as a writer. Written by one thread, read by others. */
final class WriterAttempt {

    private final Pipeline pipeline;
    private final String run;
    private final String writer = UUID.randomUUID().toString();
    private volatile SequenceHistory sequenceHistory = SequenceHistory.UNKNOWN;
    private volatile boolean heldBefore;
    private volatile long epoch;

    /**
     * @param epoch the highest known epoch of this run; 0: none
     */
    WriterAttempt(Pipeline pipeline, String run, long epoch) {
        this.pipeline = pipeline;
        this.run = run;
        this.epoch = epoch;
    }

    /** The current identity. May block on a lookup of this machine's name. */
    WriterIdentity identity() {
        return new WriterIdentity(
                pipeline.identity(),
                run,
                writer,
                host(),
                pipeline.mapping(),
                heldBefore,
                epoch,
                sequenceHistory);
    }

    /** Random id of this attempt: the writer of the sequence numbers that it assigns. */
    String id() {
        return writer;
    }

    /** Sets which writers assigned the sequence numbers of the rows written next. */
    void useSequenceHistory(SequenceHistory current) {
        sequenceHistory = current;
    }

    void onOpened(long newEpoch) {
        heldBefore = true;
        epoch = newEpoch;
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
