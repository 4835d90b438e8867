/** One poll: opens a database snapshot, decides on the range, reads rows. No Flink. */
package com.evolvishub.cdc.source.poll;
