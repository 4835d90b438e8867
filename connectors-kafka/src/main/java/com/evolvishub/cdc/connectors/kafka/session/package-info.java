/** Addresses, security and clients of Kafka. Imports nothing else of the connector. */
package com.evolvishub.cdc.connectors.kafka.session;
