package com.evolvishub.cdc.capture.source;

import java.util.List;
import org.apache.flink.api.connector.source.SplitEnumerator;
import org.apache.flink.api.connector.source.SplitEnumeratorContext;

/**
 * Hands out a mapping's one split, once in its life: from the first checkpoint on the split is in
 * the reader's state. Runs in the coordinator's thread.
 */
final class WatermarkSplitEnumerator implements SplitEnumerator<WatermarkSplit, Boolean> {

    private final SplitEnumeratorContext<WatermarkSplit> context;
    private final boolean endsWhenFinished;
    private WatermarkSplit returned;
    private boolean assigned;

    WatermarkSplitEnumerator(
            SplitEnumeratorContext<WatermarkSplit> context,
            String identity,
            boolean endsWhenFinished,
            boolean assigned) {
        this.context = context;
        this.endsWhenFinished = endsWhenFinished;
        this.assigned = assigned;
        this.returned = WatermarkSplit.fresh(identity);
    }

    @Override
    public void start() {
        // the reader asks
    }

    @Override
    public void handleSplitRequest(int subtask, String host) {
        assign(subtask);
    }

    @Override
    public void addSplitsBack(List<WatermarkSplit> splits, int subtask) {
        // its task died before a checkpoint held it
        for (WatermarkSplit split : splits) {
            returned = split;
            assigned = false;
        }
    }

    @Override
    public void addReader(int subtask) {
        // every reader asks
    }

    private void assign(int subtask) {
        if (!assigned) {
            assigned = true;
            context.assignSplit(returned, subtask);
        }
        if (endsWhenFinished) {
            context.signalNoMoreSplits(subtask);
        }
    }

    @Override
    public Boolean snapshotState(long checkpoint) {
        return assigned;
    }

    @Override
    public void close() {
        // holds nothing
    }
}
