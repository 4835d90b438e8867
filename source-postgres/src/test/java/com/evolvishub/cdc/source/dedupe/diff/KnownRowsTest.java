package com.evolvishub.cdc.source.dedupe.diff;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.evolvishub.cdc.source.dedupe.ContentHash;
import com.evolvishub.cdc.source.dedupe.InMemoryMapState;
import com.evolvishub.cdc.source.dedupe.diff.KnownRows.Observation;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

class KnownRowsTest {

    /** The contents of a checkpoint: the state and the simulated destination. */
    private static final class RestorableRows {
        private final InMemoryMapState<byte[], byte[]> rows;
        private final InMemoryMapState<Integer, Integer> freeSlots;
        private final RowCount rowCount;
        private final KnownRows known;
        private final Map<String, String> destination;

        RestorableRows() throws IOException {
            this(new InMemoryMapState<>(), new InMemoryMapState<>(), List.of(), Map.of());
        }

        private RestorableRows(
                InMemoryMapState<byte[], byte[]> rows,
                InMemoryMapState<Integer, Integer> freeSlots,
                Iterable<Long> rowCount,
                Map<String, String> destination)
                throws IOException {
            this.rows = rows;
            this.freeSlots = freeSlots;
            this.rowCount = RowCount.restored(rowCount);
            this.known = new KnownRows(rows, freeSlots, this.rowCount);
            this.destination = new HashMap<>(destination);
        }

        RestorableRows checkpoint() throws IOException {
            return new RestorableRows(
                    new InMemoryMapState<>(rows),
                    new InMemoryMapState<>(freeSlots),
                    rowCount.toState(),
                    destination);
        }
    }

    /**
     * One poll of the source's rows at that time.
     *
     * @param rows key to content, or content to number of copies
     * @param stopsAfter the process dies after this number of rows and swept entries; it does not
     *     if the read has fewer
     */
    private record Read(Map<Integer, Integer> rows, int stopsAfter, boolean checkpointed) {}

    @Provide
    Arbitrary<List<Read>> reads() {
        Arbitrary<Map<Integer, Integer>> rows =
                Arbitraries.maps(
                                Arbitraries.integers().between(0, 12),
                                Arbitraries.integers().between(1, 3))
                        .ofMaxSize(12);
        Arbitrary<Read> read =
                rows.flatMap(
                        chosen ->
                                Arbitraries.integers()
                                        .between(0, 40)
                                        .flatMap(
                                                stop ->
                                                        Arbitraries.of(true, false)
                                                                .map(
                                                                        saved ->
                                                                                new Read(
                                                                                        chosen,
                                                                                        stop,
                                                                                        saved))));
        return read.list().ofMinSize(1).ofMaxSize(8);
    }

    @Property(tries = 300)
    void afterACompleteReadTheDestinationEqualsTheSource(@ForAll("reads") List<Read> reads)
            throws Exception {
        RestorableRows state = new RestorableRows();
        RestorableRows saved = state.checkpoint();
        long poll = 0;
        for (Read read : reads) {
            int steps = read.stopsAfter();
            state.known.begin(++poll);
            boolean died = false;
            for (Map.Entry<Integer, Integer> row : read.rows().entrySet()) {
                if (steps-- == 0) {
                    died = true;
                    break;
                }
                Observation observation =
                        state.known.observe(bytes(row.getKey()), hash(row.getValue()));
                assertThat(observation).isNotEqualTo(Observation.DUPLICATE_KEY);
                if (observation == Observation.NEW) {
                    assertThat(state.destination).doesNotContainKey("" + row.getKey());
                }
                if (observation != Observation.UNCHANGED) {
                    state.destination.put("" + row.getKey(), "" + row.getValue());
                }
                if (read.checkpointed() && steps == 3) {
                    saved = state.checkpoint();
                }
            }
            died = died || sweep(state, steps);
            if (died) {
                state = saved.checkpoint();
                continue;
            }
            assertThat(new TreeMap<>(state.destination)).isEqualTo(texts(read.rows()));
            assertThat(state.rows.size()).isEqualTo(read.rows().size());
            assertThat(state.rowCount.known()).isEqualTo(read.rows().size());
            assertThat(state.known.missing()).isZero();
            saved = state.checkpoint();
        }
    }

    private static boolean sweep(RestorableRows state, int steps) throws Exception {
        KnownRows.Sweep sweep = state.known.sweep();
        int remaining = steps;
        while (state.known.missing() > 0) {
            if (remaining-- == 0) {
                return true;
            }
            boolean more =
                    sweep.slice(
                            1,
                            (key, copy) ->
                                    assertThat(state.destination.remove(new String(key, UTF_8)))
                                            .isNotNull());
            assertThat(more || state.known.missing() == 0).isTrue();
        }
        return false;
    }

    @Property(tries = 300)
    void withoutAKeyEachCopyIsOneRow(@ForAll("reads") List<Read> reads) throws Exception {
        RestorableRows state = new RestorableRows();
        RestorableRows saved = state.checkpoint();
        long poll = 0;
        for (Read read : reads) {
            int steps = read.stopsAfter();
            RestorableRows current = state;
            current.known.begin(++poll);
            boolean died = false;
            for (Integer content : copies(read.rows())) {
                if (steps-- == 0) {
                    died = true;
                    break;
                }
                int copy = current.known.observeCopy(hash(content));
                if (copy >= 0) {
                    assertThat(current.destination.put(content + "#" + copy, "")).isNull();
                }
                if (read.checkpointed() && steps == 3) {
                    saved = current.checkpoint();
                }
            }
            if (!died) {
                KnownRows.Sweep sweep = current.known.sweep();
                boolean more;
                do {
                    more =
                            sweep.slice(
                                    2,
                                    (hash, copy) ->
                                            assertThat(
                                                            current.destination.remove(
                                                                    hash[0] + "#" + copy))
                                                    .isNotNull());
                } while (more);
            }
            if (died) {
                state = saved.checkpoint();
                continue;
            }
            List<String> expected = new ArrayList<>();
            read.rows()
                    .forEach(
                            (content, count) -> {
                                for (int copy = 0; copy < count; copy++) {
                                    expected.add(content + "#" + copy);
                                }
                            });
            assertThat(current.destination.keySet()).containsExactlyInAnyOrderElementsOf(expected);
            assertThat(current.rowCount.known()).isEqualTo(expected.size());
            saved = current.checkpoint();
        }
    }

    @Test
    void reportsAKeyThatOccursTwiceInARead() throws Exception {
        RestorableRows state = new RestorableRows();
        state.known.begin(1);

        assertThat(state.known.observe(bytes(1), hash(1))).isEqualTo(Observation.NEW);
        assertThat(state.known.observe(bytes(1), hash(2))).isEqualTo(Observation.DUPLICATE_KEY);
    }

    @Test
    void reusesSlotsOfDeletedRows() throws Exception {
        RestorableRows state = new RestorableRows();
        for (int poll = 1; poll <= 50; poll++) {
            state.known.begin(poll);
            state.known.observe(bytes(poll), hash(poll));
            while (state.known.missing() > 0) {
                state.known.sweep().slice(10, (key, copy) -> {});
            }
        }

        assertThat(state.rowCount.slots()).isEqualTo(2);
    }

    @Test
    void rejectsAFormatOfAnotherBuild() {
        assertThatThrownBy(() -> RowCount.restored(List.of(2L, 0L, 0L, 0L)))
                .hasMessage(
                        "cannot restore detected rows written in format 2; this build reads format 1");
    }

    private static Map<String, String> texts(Map<Integer, Integer> rows) {
        Map<String, String> texts = new TreeMap<>();
        rows.forEach((key, value) -> texts.put("" + key, "" + value));
        return texts;
    }

    private static List<Integer> copies(Map<Integer, Integer> rows) {
        List<Integer> copies = new ArrayList<>();
        for (int round = 1; round <= 3; round++) {
            for (Map.Entry<Integer, Integer> row : rows.entrySet()) {
                if (row.getValue() >= round) {
                    copies.add(row.getKey());
                }
            }
        }
        return copies;
    }

    private static byte[] bytes(int key) {
        return ("" + key).getBytes(UTF_8);
    }

    private static byte[] hash(int content) {
        byte[] hash = new byte[ContentHash.BYTES];
        hash[0] = (byte) content;
        return hash;
    }
}
