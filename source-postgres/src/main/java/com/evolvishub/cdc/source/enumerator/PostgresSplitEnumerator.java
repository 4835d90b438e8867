package com.evolvishub.cdc.source.enumerator;

import com.evolvishub.cdc.source.split.PostgresSplit;
import java.util.List;
import org.apache.flink.api.connector.source.SplitEnumerator;
import org.apache.flink.api.connector.source.SplitEnumeratorContext;

/**
 * Assigns a mapping's only split, once: from the first checkpoint on the split is in the reader's
 * state. Runs in the coordinator's thread.
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
        // the reader sends a request
    }

    @Override
    public void handleSplitRequest(int subtask, String host) {
        assign(subtask);
    }

    @Override
    public void addSplitsBack(List<PostgresSplit> splits, int subtask) {
        // the task failed before a checkpoint contained the split
        for (PostgresSplit split : splits) {
            returned = split;
            assigned = false;
        }
    }

    @Override
    public void addReader(int subtask) {
        // every reader sends a request
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
        // nothing to close
    }
}
