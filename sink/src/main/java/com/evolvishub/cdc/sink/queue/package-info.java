/**
 * The write-ahead queue. Rows wait in it for the checkpoint that holds them; acknowledged rows are
 * kept for a short time to be resent.
 */
package com.evolvishub.cdc.sink.queue;
