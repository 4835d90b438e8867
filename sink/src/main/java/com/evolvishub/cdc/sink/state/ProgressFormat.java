package com.evolvishub.cdc.sink.state;

import com.evolvishub.cdc.runtime.row.ChangeRow;
import com.evolvishub.cdc.runtime.row.PipelineElement;
import com.evolvishub.cdc.sink.progress.Progress;
import com.evolvishub.cdc.sink.progress.SequenceHistory;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.List;

/** Binary format of a {@link Progress} inside {@link DeliveryStateFormat}. */
final class ProgressFormat {

    private ProgressFormat() {}

    static void write(Progress progress, DataOutput out) throws IOException {
        out.writeLong(progress.lastSequence());
        DeliveryStateFormat.text(progress.sequenceHistory().text(), out);
        DeliveryStateFormat.text(progress.incarnation(), out);
        DeliveryStateFormat.text(progress.targetId(), out);
    }

    static Progress read(DataInput in) throws IOException {
        return new Progress(
                in.readLong(),
                SequenceHistory.parse(DeliveryStateFormat.text(in)),
                DeliveryStateFormat.text(in),
                DeliveryStateFormat.text(in));
    }

    /** The progress in formats 1 and 2: all rows before the queue's first one were acknowledged. */
    static Progress fromQueue(List<PipelineElement> queue, long lastNumber) {
        long lastSequence =
                queue.stream()
                        .filter(ChangeRow.class::isInstance)
                        .mapToLong(element -> ((ChangeRow) element).sequence() - 1)
                        .findFirst()
                        .orElse(lastNumber);
        return Progress.recorded(lastSequence, SequenceHistory.UNKNOWN, "");
    }
}
