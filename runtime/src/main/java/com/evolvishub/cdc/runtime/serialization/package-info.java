/**
 * Serializers for rows and poll markers between Flink operators. Package {@code row} does not
 * depend on it.
 */
package com.evolvishub.cdc.runtime.serialization;
