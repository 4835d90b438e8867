/** The state of a pipeline's writer in a checkpoint. */
package com.evolvishub.cdc.sink.state;
