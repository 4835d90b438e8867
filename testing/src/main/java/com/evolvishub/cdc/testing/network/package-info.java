/** A proxy and certificates for tests of networks that fail. */
package com.evolvishub.cdc.testing.network;
