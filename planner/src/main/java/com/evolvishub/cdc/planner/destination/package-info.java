/**
 * What the planner must know of a destination type. The types themselves live in the connector
 * modules and are handed to the planner.
 */
package com.evolvishub.cdc.planner.destination;
