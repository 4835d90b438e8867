/**
 * The physical plan: {@link com.evolvishub.cdc.planner.physical.Pipeline}s, each a chain of
 * PollScan, DetectChanges, DropColumns and Deliver. All types are serializable: the job graph
 * carries them to the tasks.
 */
package com.evolvishub.cdc.planner.physical;
