/**
 * Facts about tables and queries, as an interface. The planner does not query a database; the
 * implementation does.
 */
package com.evolvishub.cdc.planner.catalog;
