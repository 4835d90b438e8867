/**
 * Handles watermark values outside the database: distances between values of types that have them.
 * The order of two values is always decided by the database, never here.
 */
package com.evolvishub.cdc.source.watermark;
