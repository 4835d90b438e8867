package com.evolvishub.cdc.bench.outage.record;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Records the milliseconds from a row's commit until a reader received it at the destination.
 * Thread-safe.
 */
public final class LatencyRecorder {

    private record Arrival(long born, long millis) {}

    private final List<Arrival> arrivals = new ArrayList<>();

    public synchronized void add(long born, long seen) {
        arrivals.add(new Arrival(born, seen - born));
    }

    /** The latencies of the rows that were written from {@code from} to {@code to}. */
    public synchronized Summary between(long from, long to) {
        return new Summary(
                arrivals.stream()
                        .filter(arrival -> arrival.born() >= from && arrival.born() < to)
                        .map(Arrival::millis)
                        .sorted()
                        .toList());
    }

    /**
     * A summary of latencies.
     *
     * @param sorted the latencies in ascending order
     */
    public record Summary(List<Long> sorted) {
        public Summary {
            sorted = List.copyOf(sorted);
        }

        boolean isEmpty() {
            return sorted.isEmpty();
        }

        /** The latency that this share of the rows does not exceed. */
        public double seconds(double share) {
            if (sorted.isEmpty()) {
                return Double.NaN;
            }
            int index = (int) Math.ceil(share * sorted.size()) - 1;
            return sorted.get(Math.max(0, index)) / 1000.0;
        }

        @Override
        public String toString() {
            return sorted.isEmpty()
                    ? "-"
                    : String.format(
                            Locale.ROOT, "%.2f %.2f %.2f", seconds(0.5), seconds(0.95), seconds(1));
        }
    }
}
