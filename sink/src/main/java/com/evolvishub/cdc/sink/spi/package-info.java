/**
 * The interfaces that a connector implements. A connector may also import {@code failure}, {@code
 * progress} and {@code deadletter}. A new destination starts with {@code DestinationConnector}.
 */
package com.evolvishub.cdc.sink.spi;
