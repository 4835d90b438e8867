package com.evolvishub.cdc.source.reader;

import com.evolvishub.cdc.runtime.row.ChangeRow;
import com.evolvishub.cdc.runtime.row.PipelineElement;
import com.evolvishub.cdc.source.split.PostgresSplit;

/** What the polling thread hands to the task's thread, in order. */
sealed interface SourceRecord {

    /**
     * A row: once it is out, the position is behind it.
     *
     * @param beyond whether it lies above everything that was read before
     */
    record Row(ChangeRow row, boolean isNew) implements SourceRecord {}

    /** Something that moves no position: if it is lost, it comes again. */
    record Unpositioned(PipelineElement element) implements SourceRecord {}

    /**
     * The beginning or the end of a poll.
     *
     * @param element what goes out
     * @param after where the mapping stands once it is out
     * @param trouble what the poll found wrong with rows, for people; empty: nothing
     */
    record PollBoundary(PipelineElement element, PostgresSplit after, String warning)
            implements SourceRecord {}
}
