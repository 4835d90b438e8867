package com.evolvishub.cdc.planner.config.tree;

/**
 * A position in a file.
 *
 * @param line counted from 1
 * @param column counted from 1
 */
record FilePosition(int line, int column) {}
