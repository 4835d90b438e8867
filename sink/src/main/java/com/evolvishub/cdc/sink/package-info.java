/**
 * The one sink operator: a checkpointed queue of numbered rows, an I/O thread that sends what a
 * completed checkpoint holds, the fence, the gate, bad rows and back-off. Knows no destination.
 */
package com.evolvishub.cdc.sink;
