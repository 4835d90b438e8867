/** The progress store: the hash that holds a pipeline's last sequence number. */
package com.evolvishub.cdc.connectors.redis.progress;
