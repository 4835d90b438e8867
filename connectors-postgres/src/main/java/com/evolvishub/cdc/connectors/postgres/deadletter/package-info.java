/** The dead letter store in PostgreSQL. */
package com.evolvishub.cdc.connectors.postgres.deadletter;
