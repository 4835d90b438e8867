package com.evolvishub.cdc.source.dedupe.diff;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * What is kept of complete reads, to judge the next one. Immutable; part of the state.
 *
 * @param readBefore whether {@code security} is known
 * @param security fingerprint of the row-level security under which the known rows were read
 * @param columns names and types of the columns of the last one
 * @param keyTypes types of the key's columns, in the key's order, that the known rows were read by
 * @param rebaselining whether rows go out anew because the key's type has changed
 * @param usedApproval the run whose approval of deletes has been used or has lapsed; empty: none
 */
record ReadHistory(
        boolean readBefore,
        String security,
        String columns,
        List<String> keyTypes,
        boolean rebaselining,
        String usedApproval) {

    static final ReadHistory NONE = new ReadHistory(false, "", "", List.of(), false, "");

    private static final String FORMAT = "read-history-1";
    private static final int FIELDS = 6;

    ReadHistory {
        Objects.requireNonNull(security, "security");
        Objects.requireNonNull(columns, "columns");
        Objects.requireNonNull(usedApproval, "usedApproval");
        keyTypes = List.copyOf(keyTypes);
    }

    /** A read is complete, and the known rows are those that it showed. */
    ReadHistory read(String underSecurity, String shownColumns) {
        return new ReadHistory(true, underSecurity, shownColumns, keyTypes, false, usedApproval);
    }

    /** The same, of a read about whose row-level security nothing is known. */
    ReadHistory readUnsettled(String shownColumns) {
        return new ReadHistory(readBefore, security, shownColumns, keyTypes, false, usedApproval);
    }

    ReadHistory keyedBy(List<String> types, boolean anew) {
        return new ReadHistory(readBefore, security, columns, types, anew, usedApproval);
    }

    ReadHistory using(String run) {
        return new ReadHistory(readBefore, security, columns, keyTypes, rebaselining, run);
    }

    List<String> toState() {
        List<String> state =
                new ArrayList<>(
                        List.of(
                                FORMAT,
                                String.valueOf(readBefore),
                                security,
                                columns,
                                String.valueOf(rebaselining),
                                usedApproval));
        state.addAll(keyTypes);
        return state;
    }

    static ReadHistory restored(Iterable<String> kept) throws IOException {
        List<String> state = new ArrayList<>();
        kept.forEach(state::add);
        if (state.isEmpty()) {
            return NONE;
        }
        if (!state.get(0).equals(FORMAT)) {
            throw new IOException(
                    "cannot restore the history of reads written in format %s; this build reads format %s"
                            .formatted(state.get(0), FORMAT));
        }
        return new ReadHistory(
                Boolean.parseBoolean(state.get(1)),
                state.get(2),
                state.get(3),
                state.subList(FIELDS, state.size()),
                Boolean.parseBoolean(state.get(4)),
                state.get(5));
    }
}
