/** The Flink operator that detects changes. */
package com.evolvishub.cdc.source.dedupe.operator;
