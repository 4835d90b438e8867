package com.evolvishub.cdc.job.status;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;

/**
 * Summary and mappings at one moment; what a run leaves behind for {@code status}.
 *
 * @param takenAt when, ISO 8601
 * @param summary all mappings in a few numbers
 * @param mappings each of them, in the file's order
 */
public record JobReport(
        @JsonProperty("taken_at") String takenAt,
        @JsonProperty("summary") ExecutionSummary summary,
        @JsonProperty("mappings") List<MappingStatus> mappings) {

    public JobReport {
        mappings = List.copyOf(mappings);
    }

    /** The same numbers, once the run that had them is over. */
    public JobReport stopped() {
        return new JobReport(
                takenAt, ExecutionSummary.of(summary.configName(), mappings, false), mappings);
    }
}
