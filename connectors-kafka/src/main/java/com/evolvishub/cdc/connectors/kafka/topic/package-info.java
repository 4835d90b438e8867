/** Topics: creation, checks and durability. */
package com.evolvishub.cdc.connectors.kafka.topic;
