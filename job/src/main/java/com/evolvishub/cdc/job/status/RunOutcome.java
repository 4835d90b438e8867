package com.evolvishub.cdc.job.status;

import com.evolvishub.cdc.planner.physical.PhysicalPlan;
import com.evolvishub.cdc.planner.physical.Pipeline;
import com.evolvishub.cdc.planner.physical.Schedule;
import com.evolvishub.cdc.runtime.pipeline.MappingState;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/** The outcome of a run, derived from the states of its mappings. */
public enum RunOutcome {
    /** A mapping is still working, or the file has mappings that never finish. */
    RUNNING,
    /** Every mapping is {@code one_time} and done. */
    FINISHED,
    /** Every mapping is {@code one_time}, and those that are not done are quarantined. */
    ENDED_WITH_QUARANTINE,
    /** {@code stop_on_error} is set and a mapping is quarantined. */
    STOPPED_BY_ERROR;

    private static final String DONE = MappingState.FINISHED.label();
    private static final String QUARANTINED = MappingState.QUARANTINED.label();

    /** The outcome of a run of {@code plan} at the time of {@code report}. */
    public static RunOutcome of(PhysicalPlan plan, JobReport report) {
        Map<String, MappingStatus> byName =
                report.mappings().stream()
                        .collect(Collectors.toMap(MappingStatus::name, Function.identity()));
        List<Pipeline> enabled = plan.pipelines().stream().filter(Pipeline::enabled).toList();
        List<String> states =
                enabled.stream().map(pipeline -> byName.get(pipeline.mapping()).state()).toList();
        if (plan.stopOnError() && states.contains(QUARANTINED)) {
            return STOPPED_BY_ERROR;
        }
        boolean endless =
                enabled.stream()
                        .anyMatch(
                                pipeline -> !(pipeline.scan().schedule() instanceof Schedule.Once));
        if (endless || !states.stream().allMatch(s -> s.equals(DONE) || s.equals(QUARANTINED))) {
            return RUNNING;
        }
        return states.contains(QUARANTINED) ? ENDED_WITH_QUARANTINE : FINISHED;
    }
}
