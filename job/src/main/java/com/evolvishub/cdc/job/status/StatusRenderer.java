package com.evolvishub.cdc.job.status;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.snakeyaml.engine.v2.api.Dump;
import org.snakeyaml.engine.v2.api.DumpSettings;
import org.snakeyaml.engine.v2.common.FlowStyle;

/** Renders a report as a table, as JSON or as YAML. */
public final class StatusRenderer {

    private static final ObjectMapper JSON =
            new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

    private StatusRenderer() {}

    /** The report as JSON, keys as documented on {@link MappingStatus}. */
    public static String json(JobReport report) {
        try {
            return JSON.writeValueAsString(report);
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /** The report as YAML, with the same keys. */
    public static String yaml(JobReport report) {
        Object tree = JSON.convertValue(JSON.<JsonNode>valueToTree(report), Object.class);
        return new Dump(DumpSettings.builder().setDefaultFlowStyle(FlowStyle.BLOCK).build())
                .dumpToString(tree)
                .stripTrailing();
    }

    /** A report that {@link #json} wrote. */
    public static JobReport read(String json) throws IOException {
        return JSON.readValue(json, JobReport.class);
    }

    /** The report as an aligned table, followed by lines for errors and notes. */
    public static String table(JobReport report) {
        List<List<String>> rows = new ArrayList<>();
        rows.add(
                List.of(
                        "MAPPING",
                        "STATE",
                        "READ",
                        "WRITTEN",
                        "QUEUED",
                        "REMEMBERED",
                        "LAG",
                        "POLLS",
                        "ERRORS"));
        for (MappingStatus mapping : report.mappings()) {
            rows.add(
                    List.of(
                            mapping.name(),
                            mapping.state(),
                            TableFormatter.count(mapping.rowsRead()),
                            TableFormatter.count(mapping.rowsWritten()),
                            TableFormatter.count(mapping.rowsQueued()),
                            TableFormatter.count(mapping.rowsRemembered()),
                            TableFormatter.seconds(mapping.lagSeconds()),
                            TableFormatter.count(mapping.totalExecutions() - mapping.errors()),
                            TableFormatter.count(mapping.errors())));
        }
        StringBuilder text = new StringBuilder(TableFormatter.align(rows, 2));
        for (MappingStatus mapping : report.mappings()) {
            if (!mapping.cause().isEmpty()) {
                text.append(
                        "%n%s: %s%s".formatted(mapping.name(), mapping.cause(), times(mapping)));
            }
            for (String note : StatusNotes.of(mapping)) {
                text.append("%n%s: %s".formatted(mapping.name(), note));
            }
        }
        ExecutionSummary summary = report.summary();
        return text.append(
                        String.format(
                                Locale.ROOT,
                                "%n%s: %d mappings, %d enabled; %s rows delivered; %d polls, %d failures",
                                summary.configName(),
                                summary.totalMappings(),
                                summary.enabledMappings(),
                                TableFormatter.count(summary.totalRecordsProcessed()),
                                summary.successfulExecutions(),
                                summary.failedExecutions()))
                .toString();
    }

    /** The time of the error and of the next retry. */
    private static String times(MappingStatus mapping) {
        List<String> times = new ArrayList<>();
        if (!mapping.since().isEmpty()) {
            times.add("since " + second(mapping.since()));
        }
        if (!mapping.nextTry().isEmpty()) {
            times.add("next try " + second(mapping.nextTry()));
        }
        return times.isEmpty() ? "" : " (" + String.join(", ", times) + ")";
    }

    private static String second(String instant) {
        return instant.replaceFirst("\\.\\d+Z$", "Z");
    }
}
