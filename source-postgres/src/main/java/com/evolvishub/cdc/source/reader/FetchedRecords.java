package com.evolvishub.cdc.source.reader;

import java.util.List;
import java.util.Set;
import org.apache.flink.connector.base.source.reader.RecordsWithSplitIds;

/** A batch of source records. */
final class FetchedRecords implements RecordsWithSplitIds<SourceRecord> {

    private final List<SourceRecord> records;
    private final Set<String> finished;
    private final Runnable recycled;
    private String split;
    private int next;

    private FetchedRecords(
            String split, List<SourceRecord> records, Set<String> finished, Runnable recycled) {
        this.split = split;
        this.records = records;
        this.finished = finished;
        this.recycled = recycled;
    }

    /**
     * @param recycled runs once the task's thread has taken the last record
     */
    static FetchedRecords of(String split, List<SourceRecord> records, Runnable recycled) {
        return new FetchedRecords(split, records, Set.of(), recycled);
    }

    static FetchedRecords empty() {
        return new FetchedRecords(null, List.of(), Set.of(), FetchedRecords::nothing);
    }

    /** The split is finished. */
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
        // not counted as in flight
    }
}
