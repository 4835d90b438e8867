/** One poll: opens a database snapshot, computes the range and reads the rows. No Flink types. */
package com.evolvishub.cdc.source.poll;
