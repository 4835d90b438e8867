/**
 * Facts about tables and queries that a plan depends on, as an interface. The planner asks no
 * database; who implements it does.
 */
package com.evolvishub.cdc.planner.catalog;
