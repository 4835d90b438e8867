/**
 * Apache Kafka as a destination: each batch is one short transaction that carries the lane's last
 * number. Knows its own client library; nothing of the other destinations.
 */
package com.evolvishub.cdc.connectors.kafka;
