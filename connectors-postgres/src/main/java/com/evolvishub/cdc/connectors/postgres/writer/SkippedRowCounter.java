package com.evolvishub.cdc.connectors.postgres.writer;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Counts rows that the server took and left out without an error, and says so: when it first
 * happens, and each time that there are twice as many.
 */
public final class SkippedRowCounter {

    private static final Logger LOG = LoggerFactory.getLogger(SkippedRowCounter.class);

    private final String mapping;
    private long all;
    private long nextTold = 1;
    private long ofLastBatch;

    public SkippedRowCounter(String mapping) {
        this.mapping = mapping;
    }

    /** A batch was written, less so many rows. */
    public void add(long skipped, String table) {
        ofLastBatch = skipped;
        all += skipped;
        if (skipped > 0 && all >= nextTold) {
            nextTold = 2 * all;
            LOG.warn(
                    "{}: {} took {} rows without an error and did not write them, {} since the"
                            + " start: a trigger before the change returned NULL, or row-level"
                            + " security hides the row. They do not count as written",
                    mapping,
                    table,
                    skipped,
                    all);
        }
    }

    /** Of the last batch. */
    long ofLastBatch() {
        return ofLastBatch;
    }
}
