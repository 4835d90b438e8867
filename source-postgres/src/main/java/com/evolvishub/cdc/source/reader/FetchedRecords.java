package com.evolvishub.cdc.source.reader;

import java.util.List;
import java.util.Set;
import org.apache.flink.connector.base.source.reader.RecordsWithSplitIds;

/** Steps handed over at once. */
final class FetchedRecords implements RecordsWithSplitIds<SourceRecord> {

    private final List<SourceRecord> records;
    private final Set<String> finished;
    private final Runnable recycled;
    private String split;
    private int next;

    private FetchedRecords(
            String split, List<SourceRecord> steps, Set<String> finished, Runnable recycled) {
        this.split = split;
        this.records = steps;
        this.finished = finished;
        this.recycled = recycled;
    }

    /**
     * @param recycled runs once the task's thread has taken the last step
     */
    static FetchedRecords of(String split, List<SourceRecord> steps, Runnable recycled) {
        return new FetchedRecords(split, steps, Set.of(), recycled);
    }

    static FetchedRecords empty() {
        return new FetchedRecords(null, List.of(), Set.of(), FetchedRecords::nothing);
    }

    /** Nothing more will come. */
    static FetchedRecords finished(String split) {
        return new FetchedRecords(null, List.of(), Set.of(split), FetchedRecords::nothing);
    }

    @Override
    public String nextSplit() {
        String current = split;
        split = null;
        return current;
    }

    @Override
    public SourceRecord nextRecordFromSplit() {
        return next < records.size() ? records.get(next++) : null;
    }

    @Override
    public Set<String> finishedSplits() {
        return finished;
    }

    @Override
    public void recycle() {
        recycled.run();
    }

    private static void nothing() {
        // it was not on its way
    }
}
