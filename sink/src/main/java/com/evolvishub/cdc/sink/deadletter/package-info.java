/**
 * Dead letters: rows that a destination rejected, and how they are listed, replayed and dropped.
 */
package com.evolvishub.cdc.sink.deadletter;
