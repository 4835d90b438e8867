/**
 * What a file means: Sink over Project over Filter over Scan. Knows nothing of how or where it
 * runs.
 */
package com.evolvishub.cdc.planner.logical;
