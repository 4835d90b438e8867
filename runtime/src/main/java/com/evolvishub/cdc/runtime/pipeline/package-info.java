/**
 * What source and sink of one pipeline share while they run in one JVM: the backpressure gate, the
 * status, requests for keys to be looked up. Nothing here survives a restart.
 */
package com.evolvishub.cdc.runtime.pipeline;
