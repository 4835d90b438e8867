/** How rows and markers are written between Flink operators. Rows themselves know nothing of it. */
package com.evolvishub.cdc.runtime.serialization;
