/**
 * Decides what to do when destination and state disagree after a crash, a restore or a failover.
 */
package com.evolvishub.cdc.sink.recovery;
