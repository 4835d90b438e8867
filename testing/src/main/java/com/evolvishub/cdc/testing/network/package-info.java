/** A proxy that simulates network failures and slow servers. */
package com.evolvishub.cdc.testing.network;
