/** Prints a plan: its nodes, its cost, its limitations. */
package com.evolvishub.cdc.planner.explain;
