/**
 * What the user wrote, as records, one to one with the YAML; the reader that makes them; and the
 * problems it finds. Nothing here decides how a mapping runs.
 */
package com.evolvishub.cdc.planner.spec;
