package com.evolvishub.cdc.sink.recovery;

import java.io.Serializable;

/**
 * What the user wants done where state and destination do not fit each other.
 *
 * @param loadsAnew all rows come again, whatever the state knew ({@code --reset}, {@code --fresh})
 * @param acceptsDuplicates rows may arrive a second time ({@code --accept-duplicates})
 * @param acceptsLoss rows that the destination has lost stay away ({@code --accept-loss})
 * @param deletesExtra rows at the destination that the load does not write are deleted, whosesoever
 *     they are ({@code --delete-extra})
 */
public record RecoveryOptions(
        boolean reload, boolean acceptsDuplicates, boolean acceptsLoss, boolean deletesExtraRows)
        implements Serializable {

    /** Extra rows stay where they may be somebody else's. */
    public RecoveryOptions(boolean loadsAnew, boolean acceptsDuplicates, boolean acceptsLoss) {
        this(loadsAnew, acceptsDuplicates, acceptsLoss, false);
    }

    /** Nothing: where they do not fit, the mapping stops. */
    public static final RecoveryOptions NONE = new RecoveryOptions(false, false, false);

    /** Whether to go on although acknowledged rows are gone. */
    boolean acceptsLostRows() {
        return reload || acceptsLoss;
    }
}
