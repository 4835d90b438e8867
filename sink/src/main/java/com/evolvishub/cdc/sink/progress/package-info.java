/**
 * Sequence numbers, epochs and who writes: what a destination stores together with the rows. No
 * Flink.
 */
package com.evolvishub.cdc.sink.progress;
