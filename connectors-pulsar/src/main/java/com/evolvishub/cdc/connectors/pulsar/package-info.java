/** Apache Pulsar as a destination. Imports its own client library, and no other connector. */
package com.evolvishub.cdc.connectors.pulsar;
