/**
 * Turns the text of a file into its spec: parses the tree of values with positions, applies the
 * schema of keys, resolves references, and runs every check that needs no server. It depends on
 * {@code spec} and {@code spi}; only the entry point may use it.
 */
package com.evolvishub.cdc.planner.config;
