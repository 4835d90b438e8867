/** Reads the description of destination tables and the side effects of writes from the catalog. */
package com.evolvishub.cdc.connectors.postgres.table;
