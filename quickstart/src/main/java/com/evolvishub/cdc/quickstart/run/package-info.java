/** One run of a file's mappings inside this process, used by both quickstarts. */
package com.evolvishub.cdc.quickstart.run;
