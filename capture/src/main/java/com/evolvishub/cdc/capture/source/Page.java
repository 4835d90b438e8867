package com.evolvishub.cdc.capture.source;

import java.util.List;
import java.util.Set;
import org.apache.flink.connector.base.source.reader.RecordsWithSplitIds;

/** Steps handed over at once. */
final class Page implements RecordsWithSplitIds<Step> {

    private final List<Step> steps;
    private final Set<String> finished;
    private final Runnable recycled;
    private String split;
    private int next;

    private Page(String split, List<Step> steps, Set<String> finished, Runnable recycled) {
        this.split = split;
        this.steps = steps;
        this.finished = finished;
        this.recycled = recycled;
    }

    /**
     * @param recycled runs once the task's thread has taken the last step
     */
    static Page of(String split, List<Step> steps, Runnable recycled) {
        return new Page(split, steps, Set.of(), recycled);
    }

    static Page empty() {
        return new Page(null, List.of(), Set.of(), Page::nothing);
    }

    /** Nothing more will come. */
    static Page finished(String split) {
        return new Page(null, List.of(), Set.of(split), Page::nothing);
    }

    @Override
    public String nextSplit() {
        String current = split;
        split = null;
        return current;
    }

    @Override
    public Step nextRecordFromSplit() {
        return next < steps.size() ? steps.get(next++) : null;
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
