/** Start, retries, quarantine and end of a pipeline's writer. */
package com.evolvishub.cdc.sink.lifecycle;
