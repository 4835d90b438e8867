package com.evolvishub.cdc.planner.spec.endpoint;

import java.io.Serializable;
import java.util.Objects;

/**
 * A named setting of a client or of a destination type. Values are printed as stars, because any of
 * them may be a password or a token.
 *
 * @param name the key, as in the file
 * @param value its value
 */
public record EndpointOption(String name, Secret value) implements Serializable {

    public EndpointOption {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(value, "value");
    }
}
