package com.evolvishub.cdc.job.status;

import java.util.List;

/** Builds reports for tests. */
public final class TestReports {

    private TestReports() {}

    /** A report of a file named shop. */
    public static JobReport shop(MappingStatus... mappings) {
        return new JobReport(
                "2024-01-01T00:00:00Z",
                ExecutionSummary.of("shop", List.of(mappings), true),
                List.of(mappings));
    }

    /** A mapping that has delivered nothing and expects nothing. */
    public static MappingStatus mapping(String name, String state) {
        return mapping(name, state, "", 0, 0, -1);
    }

    /** A mapping in the given state. */
    public static MappingStatus mapping(
            String name, String state, String cause, long written, long expected, double lag) {
        return new MappingStatus(
                name,
                true,
                "",
                "postgresql",
                "postgresql",
                name,
                name,
                false,
                0,
                null,
                state,
                cause,
                "",
                "",
                written,
                written,
                0,
                0,
                0,
                expected,
                lag,
                "",
                "",
                "",
                0,
                0,
                0,
                0,
                0,
                0,
                0,
                0,
                0,
                0);
    }
}
