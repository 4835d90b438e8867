/**
 * What a job's mappings are doing, read from Flink's REST API alone, and how it is shown: as a
 * table, as JSON or as YAML.
 */
package com.evolvishub.cdc.job.status;
