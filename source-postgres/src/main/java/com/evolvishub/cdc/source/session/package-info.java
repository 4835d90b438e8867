/**
 * Access to PostgreSQL: sessions with fixed settings, combined queries, rows as COPY text, and the
 * classification of errors. No Flink types, no destinations; no statement here writes.
 */
package com.evolvishub.cdc.source.session;
