/** The tool as a library: what the commands do, for programs. */
package com.evolvishub.cdc.job.api;
