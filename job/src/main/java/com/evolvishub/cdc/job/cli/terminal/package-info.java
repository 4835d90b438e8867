/** Terminal, signals and logging of the command line tool. */
package com.evolvishub.cdc.job.cli.terminal;
