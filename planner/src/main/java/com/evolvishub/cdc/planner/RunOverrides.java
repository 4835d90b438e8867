package com.evolvishub.cdc.planner;

import com.evolvishub.cdc.planner.spec.SyncSpec;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Settings of one run that replace those of the file.
 *
 * @param mappings names of the mappings to run; the others are disabled. Empty: those that the file
 *     enables
 * @param parallel whether mappings run in parallel; empty: as the file says
 * @param workers number of workers; empty: as the file says
 * @param mode the schedule mode of every mapping that runs; empty: as the file says
 */
public record RunOverrides(
        List<String> mappings,
        Optional<Boolean> parallel,
        OptionalInt workers,
        Optional<SyncSpec.Mode> mode) {

    /** Overrides nothing. */
    public static final RunOverrides NONE =
            new RunOverrides(List.of(), Optional.empty(), OptionalInt.empty(), Optional.empty());

    public RunOverrides {
        mappings = List.copyOf(mappings);
        Objects.requireNonNull(parallel, "parallel");
        Objects.requireNonNull(workers, "workers");
        Objects.requireNonNull(mode, "mode");
    }
}
