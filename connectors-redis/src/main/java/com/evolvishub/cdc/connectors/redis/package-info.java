/**
 * Redis Streams as a destination: one script compares epoch and number, and appends. Knows its own
 * client library; nothing of the other destinations.
 */
package com.evolvishub.cdc.connectors.redis;
