package com.evolvishub.cdc.job.status;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;

/**
 * The totals of all mappings, under the names of the original tool.
 *
 * @param configName the file's name
 * @param totalMappings mappings in the file
 * @param enabledMappings mappings that run
 * @param totalExecutions completed and failed polls
 * @param successfulExecutions completed polls
 * @param failedExecutions polls and deliveries that failed
 * @param totalRecordsProcessed rows that destinations have acknowledged
 * @param averageDurationSeconds mean of the mappings' last polls
 * @param isRunning whether the numbers come from a running job
 */
public record ExecutionSummary(
        @JsonProperty("config_name") String configName,
        @JsonProperty("total_mappings") int totalMappings,
        @JsonProperty("enabled_mappings") int enabledMappings,
        @JsonProperty("total_executions") long totalExecutions,
        @JsonProperty("successful_executions") long successfulExecutions,
        @JsonProperty("failed_executions") long failedExecutions,
        @JsonProperty("total_records_processed") long totalRecordsProcessed,
        @JsonProperty("average_duration_seconds") double averageDurationSeconds,
        @JsonProperty("is_running") boolean isRunning) {

    /** Sums up the given mappings. */
    public static ExecutionSummary of(
            String configName, List<MappingStatus> mappings, boolean running) {
        long executions = mappings.stream().mapToLong(MappingStatus::totalExecutions).sum();
        long failed = mappings.stream().mapToLong(MappingStatus::errors).sum();
        return new ExecutionSummary(
                configName,
                mappings.size(),
                (int) mappings.stream().filter(MappingStatus::enabled).count(),
                executions,
                executions - failed,
                failed,
                mappings.stream().mapToLong(MappingStatus::rowsWritten).sum(),
                mappings.stream()
                        .map(MappingStatus::lastExecution)
                        .filter(last -> last != null)
                        .mapToDouble(MappingStatus.LastExecution::durationSeconds)
                        .average()
                        .orElse(0),
                running);
    }
}
