/**
 * What the user wrote, as records, one to one with the YAML, and the problems found in it. The
 * reader that makes them stands above, in {@code reader}. Nothing here decides how a mapping runs.
 */
package com.evolvishub.cdc.planner.spec;
