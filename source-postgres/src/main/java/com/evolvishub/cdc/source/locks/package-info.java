/** Which relations a poll locks, and whether its snapshot can have missed rows. No Flink. */
package com.evolvishub.cdc.source.locks;
