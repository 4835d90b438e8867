/** Answers the planner's questions about a source database. No Flink. */
package com.evolvishub.cdc.source.facts;
