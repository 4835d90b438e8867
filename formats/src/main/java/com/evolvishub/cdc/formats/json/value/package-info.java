/** Encodes values of each PostgreSQL type as JSON. */
package com.evolvishub.cdc.formats.json.value;
