/**
 * Sequence numbers, epochs and writer identity: what a destination stores together with the rows.
 * Independent of Flink.
 */
package com.evolvishub.cdc.sink.progress;
