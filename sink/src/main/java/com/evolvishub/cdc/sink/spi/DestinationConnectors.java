package com.evolvishub.cdc.sink.spi;

import com.evolvishub.cdc.planner.spi.DestinationTypes;
import java.util.List;
import java.util.ServiceLoader;

/** The connectors of this build. */
public final class DestinationConnectors {

    private final List<DestinationConnector> connectors;

    private DestinationConnectors(List<DestinationConnector> connectors) {
        this.connectors = List.copyOf(connectors);
    }

    /**
     * Loads them with the class loader of this class: Flink loads a job's classes in a child
     * loader, and the calling thread often has another one as its context class loader.
     */
    public static DestinationConnectors load() {
        return new DestinationConnectors(
                ServiceLoader.load(
                                DestinationConnector.class,
                                DestinationConnectors.class.getClassLoader())
                        .stream()
                        .map(ServiceLoader.Provider::get)
                        .toList());
    }

    /** What the planner needs to know about them. */
    public DestinationTypes types() {
        return new DestinationTypes(connectors.stream().map(DestinationConnector::type).toList());
    }

    /**
     * The connector for a destination type of the file.
     *
     * @throws UnsupportedOperationException if this build has none; the message names the types
     *     that it has
     */
    public DestinationConnector connector(String type) {
        return connectors.stream()
                .filter(connector -> connector.type().name().equals(type))
                .findFirst()
                .orElseThrow(
                        () ->
                                new UnsupportedOperationException(
                                        "this build cannot write to %s yet; it can write to %s"
                                                .formatted(
                                                        type, String.join(", ", types().names()))));
    }
}
