/**
 * What is wrong with a file: problems with their place and what to do. Imported by every stage of
 * the planner.
 */
package com.evolvishub.cdc.planner.problem;
