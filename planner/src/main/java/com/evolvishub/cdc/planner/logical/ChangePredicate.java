package com.evolvishub.cdc.planner.logical;

import com.evolvishub.cdc.planner.spec.WatermarkType;
import java.util.Objects;

/** Which rows a poll is after, where it is not after all of them. */
public sealed interface ChangePredicate {

    /** In words, for a plan. */
    String describe();

    /**
     * Rows whose watermark lies above the position of the last poll.
     *
     * @param column the watermark column, by its name at the source
     * @param type its family
     */
    record AboveWatermark(String column, WatermarkType type) implements ChangePredicate {
        public AboveWatermark {
            Objects.requireNonNull(column, "column");
            Objects.requireNonNull(type, "type");
        }

        @Override
        public String describe() {
            return column + " above the last position";
        }
    }

    /** Rows that the user's own query returns for the time of the last poll. */
    record AfterLastSync() implements ChangePredicate {
        @Override
        public String describe() {
            return "what the query returns for last_sync";
        }
    }
}
