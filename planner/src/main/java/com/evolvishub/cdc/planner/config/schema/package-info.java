/**
 * The keys that a file may hold, declared once: the reader, the documentation and the JSON schema
 * follow from it.
 */
package com.evolvishub.cdc.planner.config.schema;
