package com.evolvishub.cdc.capture.source;

import com.evolvishub.cdc.flow.ChangeRow;
import com.evolvishub.cdc.flow.FlowElement;

/** What the polling thread hands to the task's thread, in order. */
sealed interface Step {

    /**
     * A row: once it is out, the position is behind it.
     *
     * @param beyond whether it lies above everything that was read before
     */
    record Row(ChangeRow row, boolean beyond) implements Step {}

    /** Something that moves no position: if it is lost, it comes again. */
    record Passing(FlowElement element) implements Step {}

    /**
     * The beginning or the end of a poll.
     *
     * @param element what goes out
     * @param after where the mapping stands once it is out
     * @param trouble what the poll found wrong with rows, for people; empty: nothing
     */
    record Mark(FlowElement element, WatermarkSplit after, String trouble) implements Step {}
}
