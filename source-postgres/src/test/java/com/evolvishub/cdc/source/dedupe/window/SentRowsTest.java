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

    /** State, and what it can be restored from. */
    private static final class World {
        private InMemoryMapState<byte[], byte[]> spilled = new InMemoryMapState<>();
        private SentRows rows;
        private final int onHeap;

        World(int onHeap) {
            this.onHeap = onHeap;
            rows = new SentRows(spilled, onHeap);
        }

        /** As if there had been a checkpoint, and a failure right behind it. */
        void restore() throws IOException {
            byte[] image = SentRowsSerializer.write(EvictionBound.EMPTY, rows);
            spilled = new InMemoryMapState<>(spilled);
            rows = new SentRows(spilled, onHeap);
            SentRowsSerializer.read(image, rows);
        }

        void forget(long below) throws Exception {
            rows.forget(below);
            while (rows.sweep(3, below)) {
                // on to the next slice
            }
        }
    }

    /** A version of a row. */
    private record Version(int value, long place) {}

    @Property(tries = 200)
    void whatMayBeReadAgainIsKnownAndWhatMayNotIsForgotten(@ForAll Random random) throws Exception {
        World world = new World(4);
        Map<Integer, Version> source = new HashMap<>();
        long highest = 0;
        long below = Long.MIN_VALUE;
        int value = 0;
        for (long poll = 1; poll < 40; poll++) {
            // rows above everything; only those that are not yet out may take a key over
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
            // what is read again: the old rows within the window, some of them changed
            world.rows.hashNewest();
            for (Map.Entry<Integer, Version> one : List.copyOf(source.entrySet())) {
                Version old = one.getValue();
                if (old.place() < below || fresh.containsKey(one.getKey())) {
                    continue;
                }
                boolean changed = random.nextInt(5) == 0;
                Version now = changed ? new Version(++value, old.place()) : old;
                source.put(one.getKey(), now);
                assertThat(world.rows.observe(row(KEYED, one.getKey(), now), now.place(), poll))
                        .isEqualTo(changed ? Observation.NEW : Observation.KNOWN);
                if (random.nextInt(10) == 0) {
                    world.restore();
                }
            }
            List<Map.Entry<Integer, Version>> inOrder =
                    fresh.entrySet().stream()
                            .sorted(
                                    (a, b) ->
                                            Long.compare(
                                                    a.getValue().place(), b.getValue().place()))
                            .toList();
            for (Map.Entry<Integer, Version> one : inOrder) {
                world.rows.add(
                        row(KEYED, one.getKey(), one.getValue()),
                        one.getValue().place(),
                        poll,
                        below);
                source.put(one.getKey(), one.getValue());
                if (random.nextInt(10) == 0) {
                    world.restore();
                }
            }
            if (random.nextInt(3) == 0) {
                below = Math.max(below, highest - random.nextInt(8));
                world.rows.hashNewest();
                world.forget(below);
            }
        }
        world.rows.hashNewest();
        world.forget(Long.MAX_VALUE);
        assertThat(world.spilled.size()).as("in keyed state when nothing may come again").isZero();
        assertThat(world.rows.size()).isZero();
    }

    @Property(tries = 200)
    void ofEqualRowsWithoutAKeyAsManyAreNewAsOnePollShowsMore(@ForAll Random random)
            throws Exception {
        World world = new World(3);
        Map<Integer, Integer> sent = new HashMap<>();
        for (long poll = 1; poll < 20; poll++) {
            Map<Integer, Integer> shown = new HashMap<>();
            for (int i = random.nextInt(30); i > 0; i--) {
                int value = random.nextInt(8);
                int copies = shown.merge(value, 1, Integer::sum);
                boolean isNew = copies > sent.getOrDefault(value, 0);
                assertThat(world.rows.observe(row(KEYLESS, 0, new Version(value, 7)), 7, poll))
                        .isEqualTo(isNew ? Observation.NEW : Observation.KNOWN);
                sent.merge(value, copies, Math::max);
                if (random.nextInt(10) == 0) {
                    world.restore();
                }
            }
        }
        assertThat(world.rows.size()).isEqualTo(sent.size());
    }

    @Test
    void moreThanTheHeapTakesIsSpilledAndFoundAndSwept() throws Exception {
        World world = new World(SentRows.ON_HEAP);
        int rows = 3 * SentRows.ON_HEAP;
        for (int i = 0; i < rows; i++) {
            world.rows.add(row(KEYED, i, new Version(i, i)), i, 1, Long.MIN_VALUE);
        }
        world.rows.hashNewest();
        assertThat(world.spilled.size()).isEqualTo(rows - SentRows.ON_HEAP);
        world.restore();
        for (int i = 0; i < rows; i++) {
            assertThat(world.rows.observe(row(KEYED, i, new Version(i, i)), i, 2))
                    .isEqualTo(Observation.KNOWN);
        }
        world.forget(rows - 10);
        assertThat(world.rows.size()).isEqualTo(10);
        assertThat(
                        world.rows.observe(
                                row(KEYED, rows - 10, new Version(rows - 10, rows - 10)), 0, 3))
                .isEqualTo(Observation.KNOWN);
        world.forget(rows);
        assertThat(world.spilled.isEmpty()).isTrue();
    }

    @Test
    void aKeyThatComesBackWhileItsOldVersionIsSpilledIsCountedOnce() throws Exception {
        World world = new World(1);
        world.rows.add(row(KEYED, 1, new Version(1, 1)), 1, 1, 0);
        world.rows.add(row(KEYED, 2, new Version(2, 2)), 2, 1, 0);
        world.rows.hashNewest();
        world.rows.add(row(KEYED, 2, new Version(3, 3)), 3, 2, 0);
        world.rows.hashNewest();
        world.rows.add(row(KEYED, 2, new Version(4, 4)), 4, 3, 0);
        world.rows.hashNewest();
        world.forget(4);

        assertThat(world.rows.size()).isEqualTo(1);
    }

    @Test
    void ofSeveralRowsOfAKeyTheLastOneCounts() throws Exception {
        World world = new World(9);
        world.rows.add(row(KEYED, 1, new Version(1, 1)), 1, 1, 0);
        world.rows.add(row(KEYED, 1, new Version(2, 2)), 2, 1, 0);
        for (long poll = 2; poll < 5; poll++) {
            world.rows.hashNewest();
            assertThat(world.rows.observe(row(KEYED, 1, new Version(1, 1)), 1, poll))
                    .isEqualTo(Observation.DUPLICATE);
            assertThat(world.rows.observe(row(KEYED, 1, new Version(2, 2)), 2, poll))
                    .isEqualTo(Observation.KNOWN);
        }
        assertThat(world.rows.observe(row(KEYED, 1, new Version(3, 1)), 1, 6))
                .isEqualTo(Observation.NEW);
    }

    @Test
    void aFormatOfAnotherBuildIsRefused() {
        assertThatThrownBy(
                        () ->
                                SentRowsSerializer.read(
                                        new byte[] {0, 0, 0, 9},
                                        new SentRows(new InMemoryMapState<>())))
                .hasMessage(
                        "cannot restore sent rows written in format 9; this build reads format 2");
    }

    private static ChangeRow row(RowSchema schema, int key, Version version) {
        String line = key + "\t" + version.value() + "\t" + version.place();
        Operation operation = schema.isKeyed() ? Operation.UPSERT : Operation.INSERT;
        return ChangeRow.of(
                operation, schema, line.getBytes(UTF_8), ("" + version.place()).getBytes(UTF_8));
    }
}
