package com.evolvishub.cdc.planner.physical;

import com.evolvishub.cdc.planner.spec.ConfigFileSpec;
import com.evolvishub.cdc.planner.spec.MappingSpec;

/**
 * Hands out workers in turn, in the file's order. Pipelines that are parked come after those that
 * run, so that selecting some mappings still spreads them over all workers.
 */
final class WorkerAssigner {

    private final int count;
    private int running;
    private int parked;

    private WorkerAssigner(int count, int firstParked) {
        this.count = count;
        this.parked = firstParked;
    }

    /**
     * Workers for the pipelines of a file.
     *
     * @param pipelines how many there are; no more workers than that are of use
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
        int turn = enabled ? running++ : parked++;
        return "worker-" + (1 + turn % count);
    }
}
