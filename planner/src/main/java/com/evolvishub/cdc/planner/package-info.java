/**
 * The front door: the text of a file in, a physical plan (or every problem at once) out. Nothing
 * below this package knows Flink, a database, the network or a clock.
 */
package com.evolvishub.cdc.planner;
