package com.evolvishub.cdc.job.status;

import static com.evolvishub.cdc.job.PlannedTestFile.mapping;
import static org.assertj.core.api.Assertions.assertThat;

import com.evolvishub.cdc.job.PlannedTestFile;
import com.evolvishub.cdc.planner.physical.PhysicalPlan;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunOutcomeTest {

    private static final String ONE_TIME = "global_sync: {mode: one_time}\n";

    @TempDir private Path directory;

    @Test
    void isFinishedIfEveryOneTimeMappingIsFinished() {
        assertThat(outcome(ONE_TIME, "finished", "finished")).isEqualTo(RunOutcome.FINISHED);
    }

    @Test
    void isRunningWhileAMappingIsNotFinished() {
        assertThat(outcome(ONE_TIME, "finished", "catching up")).isEqualTo(RunOutcome.RUNNING);
        assertThat(outcome(ONE_TIME, "finished", "retrying")).isEqualTo(RunOutcome.RUNNING);
        assertThat(outcome(ONE_TIME, "finished", "waiting for destination"))
                .isEqualTo(RunOutcome.RUNNING);
    }

    @Test
    void endsIfAllUnfinishedMappingsAreQuarantined() {
        assertThat(outcome(ONE_TIME, "finished", "quarantined"))
                .isEqualTo(RunOutcome.ENDED_WITH_QUARANTINE);
    }

    @Test
    void neverEndsWhileAMappingIsContinuous() {
        assertThat(outcome("", "quarantined", "quarantined")).isEqualTo(RunOutcome.RUNNING);
    }

    @Test
    void isStoppedByTheFirstErrorWithStopOnError() {
        assertThat(outcome("stop_on_error: true\n", "idle", "quarantined"))
                .isEqualTo(RunOutcome.STOPPED_BY_ERROR);
        assertThat(outcome("stop_on_error: true\n", "idle", "retrying"))
                .isEqualTo(RunOutcome.RUNNING);
    }

    @Test
    void doesNotWaitForDisabledMappings() {
        PhysicalPlan plan =
                PlannedTestFile.shop(
                                directory,
                                ONE_TIME,
                                List.of(mapping("a"), mapping("b", "enabled: false")))
                        .physical();

        assertThat(RunOutcome.of(plan, report("finished", "disabled")))
                .isEqualTo(RunOutcome.FINISHED);
    }

    private RunOutcome outcome(String head, String one, String other) {
        PhysicalPlan plan =
                PlannedTestFile.shop(directory, head, List.of(mapping("a"), mapping("b")))
                        .physical();
        return RunOutcome.of(plan, report(one, other));
    }

    private static JobReport report(String one, String other) {
        return TestReports.shop(TestReports.mapping("a", one), TestReports.mapping("b", other));
    }
}
