/**
 * Ten mappings into five destinations, with outages of one server after another, each of two kinds.
 * Measures the effect on the other mappings and the recovery of the affected ones. Proxies and
 * readers run in this JVM; the job runs in its own process, as a user starts it.
 */
package com.evolvishub.cdc.bench.outage;
