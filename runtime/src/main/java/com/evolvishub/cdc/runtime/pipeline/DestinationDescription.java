package com.evolvishub.cdc.runtime.pipeline;

import java.util.List;

/**
 * The destination as delivery found it when it opened the pipeline writer; the source needs it to
 * decide the key.
 *
 * @param exists whether the table, topic or stream exists
 * @param key primary key columns, by the destination's names; empty: none
 */
public record DestinationDescription(boolean exists, List<String> key) {
    public DestinationDescription {
        key = List.copyOf(key);
    }
}
