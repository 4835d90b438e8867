/** The progress store: the topic that holds a pipeline's last sequence number. */
package com.evolvishub.cdc.connectors.kafka.progress;
