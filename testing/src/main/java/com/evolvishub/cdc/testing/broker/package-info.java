/**
 * What brokers have in common that run as a JVM of their own: how it is started, how it ends, and
 * certificates. Knows none of them by name.
 */
package com.evolvishub.cdc.testing.broker;
