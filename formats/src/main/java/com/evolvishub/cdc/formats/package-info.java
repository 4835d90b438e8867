/**
 * What a row looks like as a message of an event bus: key, payload and attributes, the same for
 * every bus. Works from SQL types and COPY text; knows no bus and no client library.
 */
package com.evolvishub.cdc.formats;
