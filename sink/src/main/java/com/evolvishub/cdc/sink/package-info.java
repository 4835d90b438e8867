/**
 * Delivery, independent of the destination type: a checkpointed queue of rows with sequence
 * numbers, an I/O thread that sends the rows of completed checkpoints, fencing, backpressure,
 * rejected rows and retries.
 */
package com.evolvishub.cdc.sink;
