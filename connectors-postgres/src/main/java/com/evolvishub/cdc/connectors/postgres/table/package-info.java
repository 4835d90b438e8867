/** Describes destination tables from the catalog, and tells what they enforce. */
package com.evolvishub.cdc.connectors.postgres.table;
