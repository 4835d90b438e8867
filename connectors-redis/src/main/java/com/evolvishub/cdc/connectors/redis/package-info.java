/**
 * Redis Streams as a destination: which server to talk to and how, what its errors mean, and the
 * script that compares a lane's epoch and number and appends. Knows its own client library; nothing
 * of capture or of other destinations.
 */
package com.evolvishub.cdc.connectors.redis;
