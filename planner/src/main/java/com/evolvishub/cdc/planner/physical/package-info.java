/**
 * How a plan runs: one {@link com.evolvishub.cdc.planner.physical.Pipeline} a mapping, each a chain
 * of PollScan, DetectChanges, MapProject and Deliver. Everything here is serializable: it travels
 * inside the job graph to the tasks.
 */
package com.evolvishub.cdc.planner.physical;
