/**
 * Parses YAML or JSON into a tree of nodes with positions, within limits. Independent of the
 * schema.
 */
package com.evolvishub.cdc.planner.config.tree;
