/** Rows and the markers between them, as they flow from a source to a sink. No Flink types. */
package com.evolvishub.cdc.runtime.row;
