/** Dead letters in PostgreSQL. */
package com.evolvishub.cdc.connectors.postgres.deadletter;
