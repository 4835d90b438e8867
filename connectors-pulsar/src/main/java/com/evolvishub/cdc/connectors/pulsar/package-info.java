/**
 * Apache Pulsar as a destination. Knows its own client library; nothing of the other destinations.
 */
package com.evolvishub.cdc.connectors.pulsar;
