/**
 * Rewrite rules for logical plans, one per file, and the optimizer that runs them in named stages.
 * A rule rewrites one node; it changes what is requested from the source, never the output.
 */
package com.evolvishub.cdc.planner.rule;
