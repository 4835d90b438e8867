/**
 * A PostgreSQL relation as a Flink source: one split a mapping, polled in the fetcher's thread.
 * "Watermark" in this package is the high-water mark of a column, never Flink's event-time
 * watermark. Values of it are compared in the database, never here.
 */
package com.evolvishub.cdc.source;
