package com.evolvishub.cdc.delivery;

import com.evolvishub.cdc.flow.ChangeRow;
import com.evolvishub.cdc.flow.FlowElement;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.List;

/** The bytes of a {@link Progress} inside {@link DeliveryStateFormat}. */
final class ProgressFormat {

    private ProgressFormat() {}

    static void write(Progress progress, DataOutput out) throws IOException {
        out.writeLong(progress.number());
        DeliveryStateFormat.text(progress.numbering().text(), out);
        DeliveryStateFormat.text(progress.incarnation(), out);
        DeliveryStateFormat.text(progress.target(), out);
    }

    static Progress read(DataInput in) throws IOException {
        return new Progress(
                in.readLong(),
                Numbering.parse(DeliveryStateFormat.text(in)),
                DeliveryStateFormat.text(in),
                DeliveryStateFormat.text(in));
    }

    /** What formats 1 and 2 tell of it: all rows before the queue's first were acknowledged. */
    static Progress handedOn(List<FlowElement> queue, long lastNumber) {
        long number =
                queue.stream()
                        .filter(ChangeRow.class::isInstance)
                        .mapToLong(element -> ((ChangeRow) element).sequence() - 1)
                        .findFirst()
                        .orElse(lastNumber);
        return Progress.recorded(number, Numbering.UNKNOWN, "");
    }
}
