package com.evolvishub.cdc.planner.physical;

import com.evolvishub.cdc.planner.spec.MappingSpec;
import com.evolvishub.cdc.planner.spec.endpoint.EndpointSpec;
import java.util.ArrayList;
import java.util.List;

/**
 * The key of the state, fences and event ids of a pipeline: {@code
 * file/mapping/type:database.table}. It contains no host, port, worker or index in the file, so
 * that a server can move and a file can be reordered. It contains the mapping's first name, so that
 * a mapping can be renamed.
 */
final class PipelineIdentity {

    private PipelineIdentity() {}

    /** The identity of a mapping with one destination. */
    static String of(String file, MappingSpec mapping, EndpointSpec destination) {
        String name = mapping.renamedFrom().isEmpty() ? mapping.name() : mapping.renamedFrom();
        return part(file, '/') + "/" + part(name, '/') + "/" + destination(destination);
    }

    /** The part that distinguishes the destinations of one mapping. */
    static String destination(EndpointSpec destination) {
        List<String> parts = new ArrayList<>();
        parts.add(destination.connection().database());
        parts.add(destination.schema());
        parts.removeIf(String::isEmpty);
        parts.add(destination.table());
        return destination.type()
                + ":"
                + String.join(".", parts.stream().map(name -> part(name, '.')).toList());
    }

    /**
     * Quotes a name that contains a separator, so that two mappings never have the same identity.
     */
    private static String part(String name, char separator) {
        return name.indexOf(separator) < 0 && name.indexOf('"') < 0
                ? name
                : "\"" + name.replace("\"", "\"\"") + "\"";
    }
}
