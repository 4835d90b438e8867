/** Writes batches of rows to a table. */
package com.evolvishub.cdc.connectors.postgres.writer;
