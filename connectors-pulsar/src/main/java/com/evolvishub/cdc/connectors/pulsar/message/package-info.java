/** Rows as Pulsar messages. */
package com.evolvishub.cdc.connectors.pulsar.message;
