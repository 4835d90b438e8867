/** Why a write failed, and whether a retry can help. No Flink. */
package com.evolvishub.cdc.sink.failure;
