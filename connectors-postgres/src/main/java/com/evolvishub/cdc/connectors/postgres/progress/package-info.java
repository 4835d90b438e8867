/** The progress store: the table that holds a pipeline's last sequence number. */
package com.evolvishub.cdc.connectors.postgres.progress;
