/**
 * Handling of rejected rows: finding them in a batch, retrying them together with later rows,
 * writing them to the dead letters.
 */
package com.evolvishub.cdc.sink.rejected;
