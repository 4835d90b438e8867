package com.evolvishub.cdc.runtime.row;

import java.io.Serializable;
import java.util.Objects;

/**
 * A column of a row.
 *
 * @param name at the source
 * @param target at the destination
 * @param type at the source
 * @param nullable whether the source may return NULL; always true for views
 */
public record Column(String name, String target, SqlType type, boolean nullable)
        implements Serializable {
    public Column {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(target, "target");
        Objects.requireNonNull(type, "type");
    }
}
