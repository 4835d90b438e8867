package com.evolvishub.cdc.planner.physical;

import com.evolvishub.cdc.planner.spec.ConfigFileSpec;
import com.evolvishub.cdc.planner.spec.MappingSpec;

/**
 * Assigns workers round-robin, in the file's order. Disabled pipelines come after enabled ones, so
 * that a selection of mappings is spread over all workers.
 */
final class WorkerAssigner {

    private final int count;
    private int running;
    private int disabled;

    private WorkerAssigner(int count, int firstDisabled) {
        this.count = count;
        this.disabled = firstDisabled;
    }

    /**
     * Workers for the pipelines of a file.
     *
     * @param pipelines their number; the upper limit of workers
     */
    static WorkerAssigner of(ConfigFileSpec spec, int pipelines) {
        int count = spec.parallelExecution() ? Math.min(spec.maxWorkers(), pipelines) : 1;
        int running =
                spec.mappings().stream()
                        .filter(MappingSpec::enabled)
                        .mapToInt(mapping -> mapping.destinations().size())
                        .sum();
        return new WorkerAssigner(Math.max(1, count), running);
    }

    int count() {
        return count;
    }

    String next(boolean enabled) {
        int turn = enabled ? running++ : disabled++;
        return "worker-" + (1 + turn % count);
    }
}
