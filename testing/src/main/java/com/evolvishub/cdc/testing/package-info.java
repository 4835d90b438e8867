/**
 * Real servers as child processes, for tests, quickstart and bench: where the program comes from,
 * how it is started, and how it is stopped again. Nothing here knows what is done with a server,
 * and nothing of this module goes into the job's jar.
 */
package com.evolvishub.cdc.testing;
