/**
 * State that source and sink of a pipeline share while they run in one JVM: the backpressure gate,
 * the status, key lookup requests. Nothing here survives a restart.
 */
package com.evolvishub.cdc.runtime.pipeline;
