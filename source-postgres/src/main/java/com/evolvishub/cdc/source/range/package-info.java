/** Which range of the watermark a poll reads, and in which statements. */
package com.evolvishub.cdc.source.range;
