package com.evolvishub.cdc.bench.outage.record;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** When checkpoints have completed, by their numbers. Thread-safe. */
public final class CheckpointRecorder {

    private final Map<Long, Long> completed = new TreeMap<>();

    /** Takes what the REST API answers; to be asked more often than its history forgets. */
    public synchronized void see(JsonNode answer) {
        for (JsonNode one : answer.path("history")) {
            if (one.path("status").asText().equals("COMPLETED")) {
                completed.put(one.path("id").asLong(), one.path("latest_ack_timestamp").asLong());
            }
        }
    }

    /** Of the time from one moment to another. */
    public synchronized Summary between(long from, long to) {
        List<Long> ends =
                completed.values().stream()
                        .filter(end -> end >= from && end < to)
                        .sorted()
                        .toList();
        long gap = 0;
        long before = from;
        for (long end : ends) {
            gap = Math.max(gap, end - before);
            before = end;
        }
        return new Summary(ends.size(), Math.max(gap, to - before) / 1000.0, (to - from) / 1000.0);
    }

    /**
     * Checkpoints of some time.
     *
     * @param completed how many
     * @param longestGap the longest time without one, in seconds
     * @param seconds how long was looked
     */
    public record Summary(int completed, double longestGap, double seconds) {
        /** Seconds from one to the next, on average. */
        public double interval() {
            return completed == 0 ? Double.POSITIVE_INFINITY : seconds / completed;
        }
    }
}
