/**
 * Redis Streams as a destination: server discovery and connection, error classification, and the
 * script that checks a pipeline's epoch and sequence number and appends. Imports its own client
 * library, and neither the source nor other connectors.
 */
package com.evolvishub.cdc.connectors.redis;
