/** Writes batches to a stream. */
package com.evolvishub.cdc.connectors.redis.writer;
