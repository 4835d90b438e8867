package com.evolvishub.cdc.job.status;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;

/**
 * Summary and mappings at one moment. A run saves its last report for {@code status}.
 *
 * @param takenAt the time of the report, ISO 8601
 * @param summary the totals of all mappings
 * @param mappings each mapping, in the file's order
 */
public record JobReport(
        @JsonProperty("taken_at") String takenAt,
        @JsonProperty("summary") ExecutionSummary summary,
        @JsonProperty("mappings") List<MappingStatus> mappings) {

    public JobReport {
        mappings = List.copyOf(mappings);
    }

    /** The same report, marked as that of a run that has ended. */
    public JobReport stopped() {
        return new JobReport(
                takenAt, ExecutionSummary.of(summary.configName(), mappings, false), mappings);
    }
}
