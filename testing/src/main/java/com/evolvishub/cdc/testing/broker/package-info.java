/**
 * Starting and stopping brokers that run in their own JVM, and their certificates. Shared by Kafka
 * and Pulsar; depends on neither.
 */
package com.evolvishub.cdc.testing.broker;
