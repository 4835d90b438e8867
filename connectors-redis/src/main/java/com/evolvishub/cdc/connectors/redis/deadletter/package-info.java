/** Dead letters in Redis. */
package com.evolvishub.cdc.connectors.redis.deadletter;
