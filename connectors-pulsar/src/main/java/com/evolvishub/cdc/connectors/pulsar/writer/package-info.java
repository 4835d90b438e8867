/** Writes batches to Pulsar. */
package com.evolvishub.cdc.connectors.pulsar.writer;
