/**
 * Encodes a row as a message: key, payload and attributes, the same for every message broker. Uses
 * SQL types and COPY text; does not depend on brokers or client libraries.
 */
package com.evolvishub.cdc.formats;
