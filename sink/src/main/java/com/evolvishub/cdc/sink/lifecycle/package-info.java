/** Start, status, metrics and quarantine of a pipeline's writer. */
package com.evolvishub.cdc.sink.lifecycle;
