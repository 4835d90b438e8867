/** Flink's two-phase commit over Pulsar's transactions. */
package com.evolvishub.cdc.connectors.pulsar.transactional;
