/** Change detection for the modes with full reads: diff and query. */
package com.evolvishub.cdc.source.dedupe.diff;
