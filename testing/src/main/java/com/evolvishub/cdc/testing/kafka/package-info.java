/**
 * An Apache Kafka broker as a child process: its own JVM with its own class path, which the build
 * of module {@code testing/brokers/kafka} writes to a file. Uses no Kafka class at compile time.
 */
package com.evolvishub.cdc.testing.kafka;
