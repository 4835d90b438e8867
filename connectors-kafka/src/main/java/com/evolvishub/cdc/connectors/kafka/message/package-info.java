/** Rows as Kafka records. */
package com.evolvishub.cdc.connectors.kafka.message;
