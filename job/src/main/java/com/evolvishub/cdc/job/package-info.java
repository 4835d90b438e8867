/**
 * A physical plan in, a running Flink job out. The border between the users' words (mapping,
 * source, destination) and Flink's (operator, uid, slot-sharing group) is {@link
 * com.evolvishub.cdc.job.JobTranslator}. Nothing in this package opens a connection.
 */
package com.evolvishub.cdc.job;
