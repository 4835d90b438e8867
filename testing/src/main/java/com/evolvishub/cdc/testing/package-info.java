/**
 * Real servers as child processes, for tests, quickstart and bench: finding the program, starting
 * and stopping it. The classes do not know what a server is used for. This module is not part of
 * the job's jar.
 */
package com.evolvishub.cdc.testing;
