/** The tool as a library: what the commands do, as an API for programs. */
package com.evolvishub.cdc.job.api;
