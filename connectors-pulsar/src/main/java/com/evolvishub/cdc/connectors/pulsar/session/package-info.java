/** Addresses, authentication and clients of Pulsar. Imports nothing else of the connector. */
package com.evolvishub.cdc.connectors.pulsar.session;
