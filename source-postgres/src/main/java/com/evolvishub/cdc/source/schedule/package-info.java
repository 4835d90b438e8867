/** When the next poll begins, after success, lock waits and errors. No database, no Flink. */
package com.evolvishub.cdc.source.schedule;
