/** Dead letters in Kafka. */
package com.evolvishub.cdc.connectors.kafka.deadletter;
