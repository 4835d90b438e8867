/**
 * From the text of a file to its spec: the tree of its values with their places, the one list of
 * keys there are, references, and every check that needs no server. It stands above {@code spec}
 * and {@code destination}, because it knows both; only the front door may use it.
 */
package com.evolvishub.cdc.planner.config;
