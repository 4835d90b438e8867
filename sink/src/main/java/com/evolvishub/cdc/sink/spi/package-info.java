/**
 * What a connector implements, and all that it may import besides {@code failure}, {@code progress}
 * and {@code deadletter}. A new destination begins with {@code DestinationConnector}.
 */
package com.evolvishub.cdc.sink.spi;
