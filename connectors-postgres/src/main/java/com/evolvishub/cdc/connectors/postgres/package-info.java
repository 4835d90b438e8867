/**
 * PostgreSQL as a destination: the progress store that fences stale writers, the description of
 * destination tables and their compatibility with a source schema, and the writers. COPY text is
 * passed through as bytes; no cell becomes a Java object. Does not depend on capture or on other
 * destinations.
 */
package com.evolvishub.cdc.connectors.postgres;
