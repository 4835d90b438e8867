package com.evolvishub.cdc.planner.logical;

import com.evolvishub.cdc.planner.spec.WatermarkType;
import java.util.Objects;

/** Selects the rows of a poll that does not read all rows. */
public sealed interface ChangePredicate {

    /** Human-readable, for a plan. */
    String describe();

    /**
     * Rows whose watermark is above the position of the last poll.
     *
     * @param column name of the watermark column at the source
     * @param type type family of the watermark
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

    /** Rows that the user's query returns for {@code last_sync}. */
    record AfterLastSync() implements ChangePredicate {
        @Override
        public String describe() {
            return "what the query returns for last_sync";
        }
    }
}
