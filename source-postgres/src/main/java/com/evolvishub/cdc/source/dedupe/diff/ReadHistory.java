package com.evolvishub.cdc.source.dedupe.diff;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * What is kept of complete reads for the decision about the next one. Immutable; part of the state.
 *
 * @param readBefore whether {@code security} is known
 * @param security fingerprint of the row-level security under which the known rows were read
 * @param columns names and types of the columns of the last read
 * @param keyTypes types of the key columns, in key order, under which the known rows were read
 * @param rebaselining whether rows are sent again because the key's type has changed
 * @param usedApproval the run whose approval of deletes was used or has expired; empty: none
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

    /** A read is complete, and the known rows are those that it contained. */
    ReadHistory read(String readSecurity, String readColumns) {
        return new ReadHistory(true, readSecurity, readColumns, keyTypes, false, usedApproval);
    }

    /** The same, for a read whose row-level security is unknown. */
    ReadHistory readUnsettled(String readColumns) {
        return new ReadHistory(readBefore, security, readColumns, keyTypes, false, usedApproval);
    }

    ReadHistory keyedBy(List<String> types, boolean resends) {
        return new ReadHistory(readBefore, security, columns, types, resends, usedApproval);
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

    static ReadHistory restored(Iterable<String> restoredState) throws IOException {
        List<String> state = new ArrayList<>();
        restoredState.forEach(state::add);
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
