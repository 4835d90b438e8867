/**
 * The write-ahead queue: rows wait for the checkpoint that holds them, and acknowledged rows for a
 * while longer.
 */
package com.evolvishub.cdc.sink.queue;
