package com.evolvishub.cdc.delivery;

import java.util.Objects;

/**
 * Who writes, and what it knows.
 *
 * @param identity the pipeline's identity, under which the destination keeps epoch and last number
 * @param run random id of this run of the job: a writer that is fenced by another run must not
 *     fence back
 * @param host where this run lives, for the message that the fenced one prints
 * @param mapping the mapping's name, for people
 */
public record Lane(String identity, String run, String host, String mapping) {
    public Lane {
        Objects.requireNonNull(identity, "identity");
        Objects.requireNonNull(run, "run");
        Objects.requireNonNull(host, "host");
        Objects.requireNonNull(mapping, "mapping");
    }
}
