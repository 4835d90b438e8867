/**
 * What flows between capture and delivery, which are strangers to each other: rows and the marks
 * between polls, their schema, COPY text, the gate of a lane, and the names of states and metrics.
 */
package com.evolvishub.cdc.flow;
