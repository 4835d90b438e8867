/**
 * The commands of the command line tool. They read the file, write standard output and error, and
 * submit the job; the work itself is in other packages.
 */
package com.evolvishub.cdc.job.cli;
