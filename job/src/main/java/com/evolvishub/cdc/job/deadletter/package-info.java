/**
 * Dead letters of the lanes of a file, wherever their destinations keep them. Connects through the
 * connectors alone; prints nothing.
 */
package com.evolvishub.cdc.job.deadletter;
