/**
 * An embedded Flink inside this JVM: starts it, submits a job, and stops it with its state saved in
 * a directory. Only this package knows the layout of the state on disk.
 */
package com.evolvishub.cdc.job.embedded;
