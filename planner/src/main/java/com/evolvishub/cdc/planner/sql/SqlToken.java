package com.evolvishub.cdc.planner.sql;

import java.util.Objects;

/**
 * A token of a user's query.
 *
 * @param text as written in the query
 * @param word in lower case, if it is an unquoted word; else empty
 */
record SqlToken(String text, String word) {

    SqlToken {
        Objects.requireNonNull(text, "text");
        Objects.requireNonNull(word, "word");
    }

    boolean is(String... words) {
        for (String one : words) {
            if (word.equals(one) || (word.isEmpty() && text.equals(one))) {
                return true;
            }
        }
        return false;
    }
}
