/** Answers the planner's questions about a source database. No Flink types. */
package com.evolvishub.cdc.source.facts;
