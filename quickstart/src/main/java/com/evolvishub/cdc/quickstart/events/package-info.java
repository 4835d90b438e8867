/**
 * The quickstart of the message brokers: starts a shop database, Kafka, Pulsar and Redis, runs the
 * example file, and reads the topics back with plain clients.
 */
package com.evolvishub.cdc.quickstart.events;
