/**
 * A Flink of our own inside this JVM: started, fed with a job, stopped with its state kept in a
 * directory. The only place that knows how state lies on disk.
 */
package com.evolvishub.cdc.job.embedded;
