/** Addresses, authentication and the protocol of Redis. Imports nothing else of the connector. */
package com.evolvishub.cdc.connectors.redis.session;
