package com.evolvishub.cdc.planner.reader;

/**
 * A place in a file.
 *
 * @param line counted from 1
 * @param column counted from 1
 */
record Mark(int line, int column) {}
