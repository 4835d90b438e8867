/**
 * The keys of a file, declared once: the reader, the documentation and the JSON Schema are derived
 * from them.
 */
package com.evolvishub.cdc.planner.config.schema;
