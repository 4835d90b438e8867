/**
 * What the planner needs of a destination type: its keys, the checks that need no server, and its
 * name in a plan. The clients of the types are in the connector modules.
 */
package com.evolvishub.cdc.planner.spi;
