/** Change detection for modes that read everything: diff and query. */
package com.evolvishub.cdc.source.dedupe.diff;
