/** What Kafka's exceptions mean for a retry. */
package com.evolvishub.cdc.connectors.kafka.error;
