package com.evolvishub.cdc.source.dedupe.window;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.evolvishub.cdc.runtime.row.ChangeRow;
import com.evolvishub.cdc.runtime.row.Column;
import com.evolvishub.cdc.runtime.row.Operation;
import com.evolvishub.cdc.runtime.row.RowSchema;
import com.evolvishub.cdc.runtime.row.SqlType;
import com.evolvishub.cdc.source.dedupe.InMemoryMapState;
import com.evolvishub.cdc.source.dedupe.window.SentRows.Observation;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class SentRowsTest {

    private static final SqlType TEXT = new SqlType(25, "text", 'b', 'S');
    private static final List<Column> COLUMNS =
            List.of(
                    new Column("k", "k", TEXT, false),
                    new Column("v", "v", TEXT, false),
                    new Column("at", "at", TEXT, false));
    private static final RowSchema KEYED = new RowSchema(COLUMNS, List.of(0));
    private static final RowSchema KEYLESS = new RowSchema(COLUMNS, List.of());

    /** The sent rows, which can be restored from their state. */
    private static final class RestorableRows {
        private InMemoryMapState<byte[], byte[]> spilled = new InMemoryMapState<>();
        private SentRows rows;
        private final int onHeap;

        RestorableRows(int onHeap) {
            this.onHeap = onHeap;
            rows = new SentRows(spilled, onHeap);
        }

        /** Simulates a checkpoint followed by a failure. */
        void restore() throws IOException {
            byte[] image = SentRowsSerializer.write(EvictionBound.EMPTY, rows);
            spilled = new InMemoryMapState<>(spilled);
            rows = new SentRows(spilled, onHeap);
            SentRowsSerializer.read(image, rows);
        }

        void evict(long below) throws Exception {
            rows.forget(below);
            while (rows.sweep(3, below)) {
                // continue with the next slice
            }
        }
    }

    /** A version of a row. */
    private record Version(int value, long watermark) {}

    @Property(tries = 200)
    void keepsRowsThatMayBeReadAgainAndEvictsAllOthers(@ForAll Random random) throws Exception {
        RestorableRows state = new RestorableRows(4);
        Map<Integer, Version> source = new HashMap<>();
        long highest = 0;
        long below = Long.MIN_VALUE;
        int value = 0;
        for (long poll = 1; poll < 40; poll++) {
            // rows above all others; a row that is not yet sent may take over a key
            Map<Integer, Version> fresh = new HashMap<>();
            for (int i = random.nextInt(6); i > 0; i--) {
                highest += random.nextInt(3);
                int key = random.nextInt(15);
                if (fresh.containsKey(key)) {
                    continue;
                }
                Version version = new Version(++value, highest);
                fresh.put(key, version);
            }
            // read the old rows within the window again, some of them changed
            state.rows.hashNewest();
            for (Map.Entry<Integer, Version> entry : List.copyOf(source.entrySet())) {
                Version old = entry.getValue();
                if (old.watermark() < below || fresh.containsKey(entry.getKey())) {
                    continue;
                }
                boolean changed = random.nextInt(5) == 0;
                Version current = changed ? new Version(++value, old.watermark()) : old;
                source.put(entry.getKey(), current);
                assertThat(
                                state.rows.observe(
                                        row(KEYED, entry.getKey(), current),
                                        current.watermark(),
                                        poll))
                        .isEqualTo(changed ? Observation.NEW : Observation.KNOWN);
                if (random.nextInt(10) == 0) {
                    state.restore();
                }
            }
            List<Map.Entry<Integer, Version>> byWatermark =
                    fresh.entrySet().stream()
                            .sorted(
                                    (a, b) ->
                                            Long.compare(
                                                    a.getValue().watermark(),
                                                    b.getValue().watermark()))
                            .toList();
            for (Map.Entry<Integer, Version> entry : byWatermark) {
                state.rows.add(
                        row(KEYED, entry.getKey(), entry.getValue()),
                        entry.getValue().watermark(),
                        poll,
                        below);
                source.put(entry.getKey(), entry.getValue());
                if (random.nextInt(10) == 0) {
                    state.restore();
                }
            }
            if (random.nextInt(3) == 0) {
                below = Math.max(below, highest - random.nextInt(8));
                state.rows.hashNewest();
                state.evict(below);
            }
        }
        state.rows.hashNewest();
        state.evict(Long.MAX_VALUE);
        assertThat(state.spilled.size()).as("in keyed state when nothing may come again").isZero();
        assertThat(state.rows.size()).isZero();
    }

    @Property(tries = 200)
    void equalRowsWithoutAKeyAreNewWhenAPollReturnsMoreCopies(@ForAll Random random)
            throws Exception {
        RestorableRows state = new RestorableRows(3);
        Map<Integer, Integer> sent = new HashMap<>();
        for (long poll = 1; poll < 20; poll++) {
            Map<Integer, Integer> returned = new HashMap<>();
            for (int i = random.nextInt(30); i > 0; i--) {
                int value = random.nextInt(8);
                int copies = returned.merge(value, 1, Integer::sum);
                boolean isNew = copies > sent.getOrDefault(value, 0);
                assertThat(state.rows.observe(row(KEYLESS, 0, new Version(value, 7)), 7, poll))
                        .isEqualTo(isNew ? Observation.NEW : Observation.KNOWN);
                sent.merge(value, copies, Math::max);
                if (random.nextInt(10) == 0) {
                    state.restore();
                }
            }
        }
        assertThat(state.rows.size()).isEqualTo(sent.size());
    }

    @Test
    void spillsRowsBeyondTheHeapLimitAndFindsAndEvictsThem() throws Exception {
        RestorableRows state = new RestorableRows(SentRows.ON_HEAP);
        int rows = 3 * SentRows.ON_HEAP;
        for (int i = 0; i < rows; i++) {
            state.rows.add(row(KEYED, i, new Version(i, i)), i, 1, Long.MIN_VALUE);
        }
        state.rows.hashNewest();
        assertThat(state.spilled.size()).isEqualTo(rows - SentRows.ON_HEAP);
        state.restore();
        for (int i = 0; i < rows; i++) {
            assertThat(state.rows.observe(row(KEYED, i, new Version(i, i)), i, 2))
                    .isEqualTo(Observation.KNOWN);
        }
        state.evict(rows - 10);
        assertThat(state.rows.size()).isEqualTo(10);
        assertThat(
                        state.rows.observe(
                                row(KEYED, rows - 10, new Version(rows - 10, rows - 10)), 0, 3))
                .isEqualTo(Observation.KNOWN);
        state.evict(rows);
        assertThat(state.spilled.isEmpty()).isTrue();
    }

    @Test
    void countsAKeyOnceWhenItsOldVersionIsSpilled() throws Exception {
        RestorableRows state = new RestorableRows(1);
        state.rows.add(row(KEYED, 1, new Version(1, 1)), 1, 1, 0);
        state.rows.add(row(KEYED, 2, new Version(2, 2)), 2, 1, 0);
        state.rows.hashNewest();
        state.rows.add(row(KEYED, 2, new Version(3, 3)), 3, 2, 0);
        state.rows.hashNewest();
        state.rows.add(row(KEYED, 2, new Version(4, 4)), 4, 3, 0);
        state.rows.hashNewest();
        state.evict(4);

        assertThat(state.rows.size()).isEqualTo(1);
    }

    @Test
    void usesTheLastOfSeveralRowsWithTheSameKey() throws Exception {
        RestorableRows state = new RestorableRows(9);
        state.rows.add(row(KEYED, 1, new Version(1, 1)), 1, 1, 0);
        state.rows.add(row(KEYED, 1, new Version(2, 2)), 2, 1, 0);
        for (long poll = 2; poll < 5; poll++) {
            state.rows.hashNewest();
            assertThat(state.rows.observe(row(KEYED, 1, new Version(1, 1)), 1, poll))
                    .isEqualTo(Observation.DUPLICATE);
            assertThat(state.rows.observe(row(KEYED, 1, new Version(2, 2)), 2, poll))
                    .isEqualTo(Observation.KNOWN);
        }
        assertThat(state.rows.observe(row(KEYED, 1, new Version(3, 1)), 1, 6))
                .isEqualTo(Observation.NEW);
    }

    @Test
    void rejectsAFormatOfAnotherBuild() {
        assertThatThrownBy(
                        () ->
                                SentRowsSerializer.read(
                                        new byte[] {0, 0, 0, 9},
                                        new SentRows(new InMemoryMapState<>())))
                .hasMessage(
                        "cannot restore sent rows written in format 9; this build reads format 2");
    }

    private static ChangeRow row(RowSchema schema, int key, Version version) {
        String line = key + "\t" + version.value() + "\t" + version.watermark();
        Operation operation = schema.isKeyed() ? Operation.UPSERT : Operation.INSERT;
        return ChangeRow.of(
                operation,
                schema,
                line.getBytes(UTF_8),
                ("" + version.watermark()).getBytes(UTF_8));
    }
}
