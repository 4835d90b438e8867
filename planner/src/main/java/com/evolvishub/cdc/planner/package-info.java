/**
 * The entry point of the planner: it takes the text of a file and returns a physical plan or all
 * problems. The packages below use neither Flink, a database, the network nor a clock.
 */
package com.evolvishub.cdc.planner;
