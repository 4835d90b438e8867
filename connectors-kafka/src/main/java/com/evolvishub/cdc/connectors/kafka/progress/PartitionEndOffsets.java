package com.evolvishub.cdc.connectors.kafka.progress;

import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * The highest offset of a row in each partition of a topic. The end of a log never decreases,
 * unless the topic was recreated or brokers have lost acknowledged records.
 */
public record PartitionEndOffsets(Map<Integer, Long> offsets) {

    public static final PartitionEndOffsets NONE = new PartitionEndOffsets(Map.of());

    public PartitionEndOffsets {
        offsets = Map.copyOf(offsets);
    }

    /** The maximum of both per partition. */
    public PartitionEndOffsets with(Map<Integer, Long> written) {
        Map<Integer, Long> both = new TreeMap<>(offsets);
        written.forEach((partition, offset) -> both.merge(partition, offset, Math::max));
        return new PartitionEndOffsets(both);
    }

    /** {@code partition:offset}, separated by spaces. */
    String text() {
        return new TreeMap<>(offsets)
                .entrySet().stream()
                        .map(end -> end.getKey() + ":" + end.getValue())
                        .collect(Collectors.joining(" "));
    }

    static PartitionEndOffsets parse(String text) {
        Map<Integer, Long> offsets = new TreeMap<>();
        for (String end : text.isEmpty() ? new String[0] : text.split(" ", -1)) {
            int colon = end.indexOf(':');
            offsets.put(
                    Integer.parseInt(end.substring(0, colon)),
                    Long.parseLong(end.substring(colon + 1)));
        }
        return new PartitionEndOffsets(offsets);
    }
}
