/**
 * A standalone Apache Pulsar broker in its own JVM, because its class path conflicts with that of
 * Flink and a Pulsar client. Uses no Pulsar class at compile time.
 */
package com.evolvishub.cdc.testing.pulsar;
