/**
 * PostgreSQL as a destination: the lane's row that fences rivals, what the destination table looks
 * like and whether a source's rows fit it, and the ways to write them. COPY text goes through as
 * bytes; no cell becomes a Java object. Knows nothing of capture or of other destinations.
 */
package com.evolvishub.cdc.connectors.postgres;
