/** What the outage bench measures while it runs. */
package com.evolvishub.cdc.bench.outage.record;
