/**
 * The tree that represents any plan, and its text and JSON output. It does not depend on the
 * meaning of the nodes.
 */
package com.evolvishub.cdc.planner.explain.tree;
