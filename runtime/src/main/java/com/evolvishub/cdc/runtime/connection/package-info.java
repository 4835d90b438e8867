/**
 * Helpers of sources and sinks for connections: connection limits, detection of poolers,
 * certificates. Independent of protocols.
 */
package com.evolvishub.cdc.runtime.connection;
