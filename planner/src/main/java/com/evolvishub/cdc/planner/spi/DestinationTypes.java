package com.evolvishub.cdc.planner.spi;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** The destination types of this build, sorted by name. */
public final class DestinationTypes {

    private final List<DestinationType> types;

    /**
     * @throws IllegalArgumentException if two types have the same name
     */
    public DestinationTypes(List<? extends DestinationType> types) {
        List<DestinationType> sorted = new ArrayList<>(types);
        sorted.sort(Comparator.comparing(DestinationType::name));
        for (int i = 1; i < sorted.size(); i++) {
            if (sorted.get(i - 1).name().equals(sorted.get(i).name())) {
                throw new IllegalArgumentException(
                        "two destination types are called " + sorted.get(i).name());
            }
        }
        this.types = List.copyOf(sorted);
    }

    /** Their names, sorted. */
    public List<String> names() {
        return types.stream().map(DestinationType::name).toList();
    }

    /** All of them, sorted by name. */
    public List<DestinationType> all() {
        return types;
    }

    /** The type with that name. */
    public Optional<DestinationType> find(String name) {
        return types.stream().filter(type -> type.name().equals(name)).findFirst();
    }
}
