/** Quotes, tokenizes and builds the statements of a poll. Nothing here runs a statement. */
package com.evolvishub.cdc.planner.sql;
