/** Topics: creation, checks, whether a topic is still the same. */
package com.evolvishub.cdc.connectors.kafka.topic;
