/** Writes batches to Kafka. */
package com.evolvishub.cdc.connectors.kafka.writer;
