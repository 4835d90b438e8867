/**
 * What a mapping keeps in a checkpoint: its position, the open transactions, the key. Splits are
 * immutable; {@code PostgresSplitState} is mutable.
 */
package com.evolvishub.cdc.source.split;
