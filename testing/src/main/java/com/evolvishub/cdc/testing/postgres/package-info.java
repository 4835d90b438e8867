/** A real PostgreSQL server as a child process, with a fresh database for each test. */
package com.evolvishub.cdc.testing.postgres;
