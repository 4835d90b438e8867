/**
 * Ten mappings into five destinations, one server after another cut off, each in two ways: what
 * that does to all the others, and how the mappings that were cut off come back. Servers, proxies
 * and readers live in this JVM; the job runs in one of its own, as a user starts it.
 */
package com.evolvishub.cdc.bench.outage;
