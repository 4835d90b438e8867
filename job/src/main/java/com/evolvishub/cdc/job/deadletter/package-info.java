/** Access to the dead letters of a file's pipelines, through the connectors. Prints nothing. */
package com.evolvishub.cdc.job.deadletter;
