/** Assigns the split of a mapping to its reader, in Flink's terms. */
package com.evolvishub.cdc.source.enumerator;
