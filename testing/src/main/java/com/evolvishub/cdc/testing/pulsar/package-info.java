/**
 * An Apache Pulsar broker, standalone, in a JVM of its own: its class path and the one of Flink
 * with a Pulsar client cannot live together. Nothing here uses a Pulsar class.
 */
package com.evolvishub.cdc.testing.pulsar;
