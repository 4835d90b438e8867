/** What a pipeline's writer keeps in a checkpoint. */
package com.evolvishub.cdc.sink.state;
