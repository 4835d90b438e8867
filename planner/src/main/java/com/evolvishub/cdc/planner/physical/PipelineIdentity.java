package com.evolvishub.cdc.planner.physical;

import com.evolvishub.cdc.planner.spec.MappingSpec;
import com.evolvishub.cdc.planner.spec.endpoint.EndpointSpec;
import java.util.ArrayList;
import java.util.List;

/**
 * What the state, the fences and the event ids of a pipeline hang on: {@code
 * file/mapping/type:database.table}. It holds neither host nor port nor worker nor place in the
 * file, so that a server may move and a file be re-ordered; and the mapping's first name, so that a
 * mapping may be renamed.
 */
final class PipelineIdentity {

    private PipelineIdentity() {}

    /** The identity of a mapping on its way to one destination. */
    static String of(String file, MappingSpec mapping, EndpointSpec destination) {
        String name = mapping.renamedFrom().isEmpty() ? mapping.name() : mapping.renamedFrom();
        return part(file, '/') + "/" + part(name, '/') + "/" + destination(destination);
    }

    /** The part that tells the destinations of one mapping apart. */
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

    /** Quoted where it holds what parts are joined with: two mappings never get one identity. */
    private static String part(String name, char separator) {
        return name.indexOf(separator) < 0 && name.indexOf('"') < 0
                ? name
                : "\"" + name.replace("\"", "\"\"") + "\"";
    }
}
