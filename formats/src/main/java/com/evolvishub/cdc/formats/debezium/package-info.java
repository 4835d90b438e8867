/** Encodes rows in Debezium's envelope. */
package com.evolvishub.cdc.formats.debezium;
