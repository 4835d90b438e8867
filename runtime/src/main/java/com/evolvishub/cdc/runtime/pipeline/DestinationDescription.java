package com.evolvishub.cdc.runtime.pipeline;

import java.util.List;

/**
 * What delivery found at the destination when it opened the lane; capture needs it for the key.
 *
 * @param exists whether the table, topic or stream is there
 * @param key its primary key's columns, by the destination's names; empty: none
 */
public record DestinationDescription(boolean exists, List<String> key) {
    public DestinationDescription {
        key = List.copyOf(key);
    }
}
