/**
 * What the planner must know of a destination type: its keys, what can be told wrong about it
 * without a server, and how a plan calls it. What a type's client does lives in the connector
 * modules.
 */
package com.evolvishub.cdc.planner.spi;
