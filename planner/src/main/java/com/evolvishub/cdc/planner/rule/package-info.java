/**
 * Rewrites of logical plans, one a file, and the optimizer that runs them in named stages. A rule
 * looks at one node and changes what is asked of the source, never what comes out.
 */
package com.evolvishub.cdc.planner.rule;
