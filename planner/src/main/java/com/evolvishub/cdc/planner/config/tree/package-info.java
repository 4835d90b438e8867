/** YAML or JSON text as a tree of nodes with positions, within limits. Knows no keys. */
package com.evolvishub.cdc.planner.config.tree;
