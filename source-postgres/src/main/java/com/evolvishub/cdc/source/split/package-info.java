/**
 * What a mapping keeps in a checkpoint: its position, the open transactions, the key. Splits are
 * immutable; their state while reading is not.
 */
package com.evolvishub.cdc.source.split;
