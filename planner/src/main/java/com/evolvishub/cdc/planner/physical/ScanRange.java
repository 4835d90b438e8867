package com.evolvishub.cdc.planner.physical;

import java.util.List;
import java.util.Objects;

/**
 * What one poll asks for, as SQL literals that are quoted (and cast, where that is needed) already.
 *
 * @param lower watermarks above it are asked for; empty: from the beginning
 * @param upTo watermarks up to and with it; empty: no end
 * @param resume where an interrupted read of this range goes on, a literal for each of {@link
 *     ScanSql#position}: watermark and key of the last row that is safe, or the watermark alone
 *     where rows have no key; empty: at the start of the range
 */
public record ScanRange(String lower, String upTo, List<String> resume) {

    public ScanRange {
        Objects.requireNonNull(lower, "lower");
        Objects.requireNonNull(upTo, "upTo");
        resume = List.copyOf(resume);
    }

    /** The range from its start. */
    public static ScanRange of(String lower, String upTo) {
        return new ScanRange(lower, upTo, List.of());
    }

    /** The same range, gone on with inside. */
    public ScanRange resumedAt(List<String> position) {
        return new ScanRange(lower, upTo, position);
    }
}
