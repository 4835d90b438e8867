/**
 * The commands. Reads the configuration file, writes standard output and error, and submits; what a
 * command does is done elsewhere.
 */
package com.evolvishub.cdc.job.cli;
