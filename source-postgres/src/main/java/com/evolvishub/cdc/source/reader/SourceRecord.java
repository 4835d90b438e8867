package com.evolvishub.cdc.source.reader;

import com.evolvishub.cdc.runtime.row.ChangeRow;
import com.evolvishub.cdc.runtime.row.PipelineElement;
import com.evolvishub.cdc.source.split.PostgresSplit;

/** A record that the polling thread passes to the task's thread, in order. */
sealed interface SourceRecord {

    /**
     * A row. Once it is emitted, the position is after it.
     *
     * @param isNew whether it lies above everything read before
     */
    record Row(ChangeRow row, boolean isNew) implements SourceRecord {}

    /** An element without a position: if it is lost, it is read again. */
    record Unpositioned(PipelineElement element) implements SourceRecord {}

    /**
     * The start or the end of a poll.
     *
     * @param element what is emitted
     * @param after the split once it is emitted
     * @param warning human-readable problem with rows of the poll; empty: none
     */
    record PollBoundary(PipelineElement element, PostgresSplit after, String warning)
            implements SourceRecord {}
}
