/** Writes batches to a table. */
package com.evolvishub.cdc.connectors.postgres.writer;
