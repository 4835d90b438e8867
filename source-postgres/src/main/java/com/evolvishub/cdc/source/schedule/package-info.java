/**
 * When the next poll starts, after success, lock conflicts and errors. No database, no Flink types.
 */
package com.evolvishub.cdc.source.schedule;
