/** Why a write failed, and whether a retry may succeed. Independent of Flink. */
package com.evolvishub.cdc.sink.failure;
