/** Quoting, tokenising and the text of the statements of a poll. Nothing here runs a statement. */
package com.evolvishub.cdc.planner.sql;
