/**
 * Looks at every endpoint before anything runs: the one place of this module that connects, through
 * the catalog of capture and the clients of the connectors. Changes nothing anywhere.
 */
package com.evolvishub.cdc.job.preflight;
