/**
 * Compares what was read with what was sent before, in keyed state: tells inserts, updates and
 * deletes apart and drops what is not new. Knows rows as bytes; nothing of databases.
 */
package com.evolvishub.cdc.source.dedupe;
