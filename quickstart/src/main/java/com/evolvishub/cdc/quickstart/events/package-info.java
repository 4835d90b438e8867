/**
 * The quickstart of the event buses: a shop's database, a Kafka, a Pulsar and a Redis of its own,
 * one run of the example file over them, and the reading back with plain clients.
 */
package com.evolvishub.cdc.quickstart.events;
