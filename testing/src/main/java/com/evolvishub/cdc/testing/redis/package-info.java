/** A real Redis server as a child process. */
package com.evolvishub.cdc.testing.redis;
