/** The rows and poll markers of a pipeline's stream. No Flink types. */
package com.evolvishub.cdc.runtime.row;
