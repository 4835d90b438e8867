/**
 * Compares the rows read with the rows sent before, in keyed state. Distinguishes inserts, updates
 * and deletes and drops unchanged rows. Handles rows as bytes, without access to a database.
 */
package com.evolvishub.cdc.source.dedupe;
