/**
 * Fetches and emits records of the splits, in Flink's terms. The package {@code poll} decides what
 * is read.
 */
package com.evolvishub.cdc.source.reader;
