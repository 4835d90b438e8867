/**
 * Rows that the destination rejects: isolated, retried once later rows may help, written to the
 * dead letters.
 */
package com.evolvishub.cdc.sink.rejected;
