/**
 * Checks every endpoint before a run, through the source catalog and the clients of the connectors.
 * Changes nothing on any server.
 */
package com.evolvishub.cdc.job.preflight;
