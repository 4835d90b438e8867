package com.evolvishub.cdc.capture.source;

import com.evolvishub.cdc.flow.ChangeRow;
import com.evolvishub.cdc.flow.FlowElement;

/** What the polling thread hands to the task's thread, in order. */
sealed interface Step {

    /** A row: once it is out, the position is behind it. */
    record Row(ChangeRow row) implements Step {}

    /**
     * The beginning or the end of a poll.
     *
     * @param element what goes out
     * @param after where the mapping stands once it is out
     * @param trouble what the poll found wrong with rows, for people; empty: nothing
     */
    record Mark(FlowElement element, WatermarkSplit after, String trouble) implements Step {}
}
