/**
 * A PostgreSQL relation as a Flink source: one split per mapping, polled in the fetcher's thread.
 * "Watermark" in this package is the high-water mark of a column, never Flink's event-time
 * watermark. Its values are compared in the database, never here.
 */
package com.evolvishub.cdc.source;
