package com.evolvishub.cdc.planner.logical;

import com.evolvishub.cdc.planner.spec.CaptureMode;
import com.evolvishub.cdc.planner.spec.MappingSpec;
import java.util.Objects;
import java.util.Optional;

/**
 * The capture mode of a mapping and the reason for it.
 *
 * @param mode the mode
 * @param reason human-readable, follows the mode's name: "because ..."
 */
public record CaptureChoice(CaptureMode mode, String reason) {

    public CaptureChoice {
        Objects.requireNonNull(mode, "mode");
        Objects.requireNonNull(reason, "reason");
    }

    /**
     * The mode of a mapping: the one it requests, else the first that fits.
     *
     * @param usesLastSync whether the mapping's query has a last_sync placeholder
     */
    public static CaptureChoice of(MappingSpec mapping, boolean usesLastSync) {
        if (mapping.capture().isPresent()) {
            return new CaptureChoice(mapping.capture().get(), "because the file asks for it");
        }
        if (mapping.watermark().isPresent()) {
            return new CaptureChoice(CaptureMode.WATERMARK, "because the mapping has a watermark");
        }
        if (usesLastSync) {
            return new CaptureChoice(
                    CaptureMode.QUERY,
                    "because there is no watermark, and the query asks for last_sync");
        }
        return new CaptureChoice(
                CaptureMode.DIFF,
                mapping.query().isEmpty()
                        ? "because there is no watermark to tell new rows by"
                        : "because there is no watermark, and the query does not ask for"
                                + " last_sync");
    }

    /** Why the mapping cannot have the mode that it requests; empty: it can. */
    static Optional<String> problem(MappingSpec mapping, boolean usesLastSync) {
        if (mapping.capture().isEmpty()) {
            return Optional.empty();
        }
        String problem =
                switch (mapping.capture().get()) {
                    case WATERMARK ->
                            mapping.watermark().isPresent()
                                    ? ""
                                    : "capture by watermark needs a watermark block; add one, or"
                                            + " take diff";
                    case QUERY -> {
                        if (mapping.query().isEmpty()) {
                            yield "capture by query needs a custom_query that asks for"
                                    + " %(last_sync)s; add one, or take watermark or diff";
                        }
                        yield usesLastSync
                                ? ""
                                : "capture by query, but the custom_query asks for neither"
                                        + " %(last_sync)s nor :last_sync, so each poll would send"
                                        + " everything; add it, or take diff";
                    }
                    case DIFF ->
                            usesLastSync
                                    ? "capture by diff must read everything, but the custom_query"
                                            + " asks for last_sync, so rows it leaves out would be"
                                            + " taken for deleted; take it out, or take query"
                                    : "";
                };
        return problem.isEmpty() ? Optional.empty() : Optional.of(problem);
    }
}
