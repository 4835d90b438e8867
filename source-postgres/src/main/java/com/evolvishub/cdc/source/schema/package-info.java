/** Columns, key and layout of the rows, and whether they have changed since the last poll. */
package com.evolvishub.cdc.source.schema;
