/** The Flink operator that delivers write-ahead. */
package com.evolvishub.cdc.sink.writer;
