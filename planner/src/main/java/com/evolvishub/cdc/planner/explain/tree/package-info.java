/**
 * The shape that every tree of a plan shares, and its forms for people and for programs. Knows
 * nothing of what the nodes stand for.
 */
package com.evolvishub.cdc.planner.explain.tree;
