/**
 * An Apache Kafka broker as a child process: a JVM of its own with a class path of its own, which
 * module {@code brokers/kafka} wrote down when it was built. Knows no Kafka class.
 */
package com.evolvishub.cdc.testing.kafka;
