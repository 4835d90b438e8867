package com.evolvishub.cdc.bench.outage.record;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Milliseconds from a row's commit until a reader at the destination had it. Thread-safe. */
public final class LatencyRecorder {

    private record Arrival(long born, long millis) {}

    private final List<Arrival> arrivals = new ArrayList<>();

    public synchronized void add(long born, long seen) {
        arrivals.add(new Arrival(born, seen - born));
    }

    /** Of the rows that were written from one moment to another. */
    public synchronized Summary between(long from, long to) {
        return new Summary(
                arrivals.stream()
                        .filter(one -> one.born() >= from && one.born() < to)
                        .map(Arrival::millis)
                        .sorted()
                        .toList());
    }

    /**
     * Some latencies in a few numbers.
     *
     * @param sorted from the lowest to the highest
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
            int place = (int) Math.ceil(share * sorted.size()) - 1;
            return sorted.get(Math.max(0, place)) / 1000.0;
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
