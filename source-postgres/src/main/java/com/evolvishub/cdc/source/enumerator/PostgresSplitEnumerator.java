package com.evolvishub.cdc.source.enumerator;

import com.evolvishub.cdc.source.split.PostgresSplit;
import java.util.List;
import org.apache.flink.api.connector.source.SplitEnumerator;
import org.apache.flink.api.connector.source.SplitEnumeratorContext;

/**
 * Hands out a mapping's one split, once in its life: from the first checkpoint on the split is in
 * the reader's state. Runs in the coordinator's thread.
 */
public final class PostgresSplitEnumerator implements SplitEnumerator<PostgresSplit, Boolean> {

    private final SplitEnumeratorContext<PostgresSplit> context;
    private final boolean endsWhenFinished;
    private PostgresSplit returned;
    private boolean assigned;

    public PostgresSplitEnumerator(
            SplitEnumeratorContext<PostgresSplit> context,
            String identity,
            boolean endsWhenFinished,
            boolean assigned) {
        this.context = context;
        this.endsWhenFinished = endsWhenFinished;
        this.assigned = assigned;
        this.returned = PostgresSplit.initial(identity);
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
    public void addSplitsBack(List<PostgresSplit> splits, int subtask) {
        // its task died before a checkpoint held it
        for (PostgresSplit split : splits) {
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
