/**
 * The status of a job's mappings: reads it from Flink's REST API and renders it as a table, JSON or
 * YAML.
 */
package com.evolvishub.cdc.job.status;
