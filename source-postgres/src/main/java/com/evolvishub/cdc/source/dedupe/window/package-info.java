/**
 * Change detection for watermark mode: rows that a later poll may read again are kept, all below is
 * evicted.
 */
package com.evolvishub.cdc.source.dedupe.window;
