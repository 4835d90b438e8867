/**
 * Apache Kafka as a destination: each batch is one short transaction that also holds the pipeline's
 * last sequence number. Imports its own client library, and no other connector.
 */
package com.evolvishub.cdc.connectors.kafka;
