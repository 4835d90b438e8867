/**
 * The relations that a poll locks, and whether its database snapshot can have missed rows. No Flink
 * types.
 */
package com.evolvishub.cdc.source.locks;
