package com.evolvishub.cdc.bench.outage.record;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Records when checkpoints completed, by id. Thread-safe. */
public final class CheckpointRecorder {

    private final Map<Long, Long> completed = new TreeMap<>();

    /**
     * Adds a response of the REST API. Call it often enough that no checkpoint leaves the API's
     * history.
     */
    public synchronized void add(JsonNode response) {
        for (JsonNode checkpoint : response.path("history")) {
            if (checkpoint.path("status").asText().equals("COMPLETED")) {
                completed.put(
                        checkpoint.path("id").asLong(),
                        checkpoint.path("latest_ack_timestamp").asLong());
            }
        }
    }

    /** The checkpoints that completed from {@code from} to {@code to}. */
    public synchronized Summary between(long from, long to) {
        List<Long> ends =
                completed.values().stream()
                        .filter(end -> end >= from && end < to)
                        .sorted()
                        .toList();
        long gap = 0;
        long previous = from;
        for (long end : ends) {
            gap = Math.max(gap, end - previous);
            previous = end;
        }
        return new Summary(
                ends.size(), Math.max(gap, to - previous) / 1000.0, (to - from) / 1000.0);
    }

    /**
     * A summary of the checkpoints in a period.
     *
     * @param completed number of checkpoints
     * @param longestGap the longest time without a checkpoint, in seconds
     * @param seconds the length of the period
     */
    public record Summary(int completed, double longestGap, double seconds) {
        /** The average interval in seconds. */
        public double interval() {
            return completed == 0 ? Double.POSITIVE_INFINITY : seconds / completed;
        }
    }
}
