/**
 * What both ends need to connect to a server: limits on connections, detection of poolers,
 * certificates. Knows no protocol.
 */
package com.evolvishub.cdc.runtime.connection;
