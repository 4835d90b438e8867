/**
 * One run of a file's mappings inside this process, as both quickstarts need it. Knows neither of
 * them.
 */
package com.evolvishub.cdc.quickstart.run;
