/** Recorders of the values that the outage bench measures. */
package com.evolvishub.cdc.bench.outage.record;
