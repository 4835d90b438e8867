/** Dead letters in Pulsar. */
package com.evolvishub.cdc.connectors.pulsar.deadletter;
