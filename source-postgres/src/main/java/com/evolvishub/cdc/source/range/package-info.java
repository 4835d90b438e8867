/** The watermark range that a poll reads, and its statements. */
package com.evolvishub.cdc.source.range;
