package com.evolvishub.cdc.sink.recovery;

import java.io.Serializable;

/**
 * The user's choices for the case that state and destination disagree.
 *
 * @param reload all rows are read and sent again, whatever the state holds ({@code --reset}, {@code
 *     --fresh})
 * @param acceptsDuplicates rows may be delivered twice ({@code --accept-duplicates})
 * @param acceptsLoss rows that the destination has lost are not restored ({@code --accept-loss})
 * @param deletesExtraRows rows at the destination that the load does not write are deleted, whoever
 *     wrote them ({@code --delete-extra})
 */
public record RecoveryOptions(
        boolean reload, boolean acceptsDuplicates, boolean acceptsLoss, boolean deletesExtraRows)
        implements Serializable {

    /** Options that keep extra rows that another writer may have written. */
    public RecoveryOptions(boolean reload, boolean acceptsDuplicates, boolean acceptsLoss) {
        this(reload, acceptsDuplicates, acceptsLoss, false);
    }

    /** No choice: the mapping stops when state and destination disagree. */
    public static final RecoveryOptions NONE = new RecoveryOptions(false, false, false);

    /** Whether to continue although acknowledged rows are lost. */
    boolean acceptsLostRows() {
        return reload || acceptsLoss;
    }
}
