/** Columns, key and layout of what is read, and whether they have changed since the last poll. */
package com.evolvishub.cdc.source.schema;
