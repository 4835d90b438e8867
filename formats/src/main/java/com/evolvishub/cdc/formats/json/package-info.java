/** Encodes rows as JSON objects. */
package com.evolvishub.cdc.formats.json;
