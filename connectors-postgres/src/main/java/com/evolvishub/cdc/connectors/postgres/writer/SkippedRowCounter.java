package com.evolvishub.cdc.connectors.postgres.writer;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Counts rows that the server skipped without an error. Logs the first one, and again each time
 * that the number has doubled.
 */
public final class SkippedRowCounter {

    private static final Logger LOG = LoggerFactory.getLogger(SkippedRowCounter.class);

    private final String mapping;
    private long total;
    private long nextReport = 1;
    private long ofLastBatch;

    public SkippedRowCounter(String mapping) {
        this.mapping = mapping;
    }

    /** Adds the skipped rows of a batch that was written. */
    public void add(long skipped, String table) {
        ofLastBatch = skipped;
        total += skipped;
        if (skipped > 0 && total >= nextReport) {
            nextReport = 2 * total;
            LOG.warn(
                    "{}: {} took {} rows without an error and did not write them, {} since the"
                            + " start: a trigger before the change returned NULL, or row-level"
                            + " security hides the row. They do not count as written",
                    mapping,
                    table,
                    skipped,
                    total);
        }
    }

    /** Returns the number of rows skipped in the last batch. */
    long ofLastBatch() {
        return ofLastBatch;
    }
}
