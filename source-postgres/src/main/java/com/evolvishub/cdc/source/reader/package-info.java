/**
 * Fetches records of the splits and emits them, in Flink's terms. What a poll reads is decided in
 * {@code poll}.
 */
package com.evolvishub.cdc.source.reader;
