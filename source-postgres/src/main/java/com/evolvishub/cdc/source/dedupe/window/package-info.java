/**
 * Change detection of the watermark mode. Keeps the rows that a later poll may read again, and
 * evicts all rows below them.
 */
package com.evolvishub.cdc.source.dedupe.window;
