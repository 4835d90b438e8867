/** Rows as entries of a stream. */
package com.evolvishub.cdc.connectors.redis.entry;
