/**
 * Translates a physical plan into a Flink job. {@link com.evolvishub.cdc.job.JobTranslator} maps
 * the users' terms (mapping, source, destination) to Flink's (operator, uid, slot-sharing group).
 * This package opens no connections.
 */
package com.evolvishub.cdc.job;
