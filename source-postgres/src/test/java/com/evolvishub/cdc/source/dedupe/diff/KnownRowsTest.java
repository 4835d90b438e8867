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

    /** What a checkpoint holds: state and, as it were, the destination. */
    private static final class World {
        private final InMemoryMapState<byte[], byte[]> rows;
        private final InMemoryMapState<Integer, Integer> free;
        private final RowCount tally;
        private final KnownRows known;
        private final Map<String, String> destination;

        World() throws IOException {
            this(new InMemoryMapState<>(), new InMemoryMapState<>(), List.of(), Map.of());
        }

        private World(
                InMemoryMapState<byte[], byte[]> rows,
                InMemoryMapState<Integer, Integer> free,
                Iterable<Long> tally,
                Map<String, String> destination)
                throws IOException {
            this.rows = rows;
            this.free = free;
            this.tally = RowCount.restored(tally);
            this.known = new KnownRows(rows, free, this.tally);
            this.destination = new HashMap<>(destination);
        }

        World checkpoint() throws IOException {
            return new World(
                    new InMemoryMapState<>(rows),
                    new InMemoryMapState<>(free),
                    tally.toState(),
                    destination);
        }
    }

    /**
     * One poll of the source as it is then.
     *
     * @param rows key to content, or content to number of copies
     * @param stopsAfter rows, or entries swept, after which the process dies; beyond: it does not
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
                                                                        kept ->
                                                                                new Read(
                                                                                        chosen,
                                                                                        stop,
                                                                                        kept))));
        return read.list().ofMinSize(1).ofMaxSize(8);
    }

    @Property(tries = 300)
    void afterACompleteReadTheDestinationIsLikeTheSource(@ForAll("reads") List<Read> reads)
            throws Exception {
        World world = new World();
        World saved = world.checkpoint();
        long poll = 0;
        for (Read read : reads) {
            int steps = read.stopsAfter();
            world.known.begin(++poll);
            boolean died = false;
            for (Map.Entry<Integer, Integer> row : read.rows().entrySet()) {
                if (steps-- == 0) {
                    died = true;
                    break;
                }
                Observation sight = world.known.observe(bytes(row.getKey()), hash(row.getValue()));
                assertThat(sight).isNotEqualTo(Observation.DUPLICATE_KEY);
                if (sight == Observation.NEW) {
                    assertThat(world.destination).doesNotContainKey("" + row.getKey());
                }
                if (sight != Observation.UNCHANGED) {
                    world.destination.put("" + row.getKey(), "" + row.getValue());
                }
                if (read.checkpointed() && steps == 3) {
                    saved = world.checkpoint();
                }
            }
            died = died || sweep(world, steps);
            if (died) {
                world = saved.checkpoint();
                continue;
            }
            assertThat(new TreeMap<>(world.destination)).isEqualTo(texts(read.rows()));
            assertThat(world.rows.size()).isEqualTo(read.rows().size());
            assertThat(world.tally.known()).isEqualTo(read.rows().size());
            assertThat(world.known.missing()).isZero();
            saved = world.checkpoint();
        }
    }

    private static boolean sweep(World world, int steps) throws Exception {
        KnownRows.Sweep sweep = world.known.sweep();
        int left = steps;
        while (world.known.missing() > 0) {
            if (left-- == 0) {
                return true;
            }
            boolean more =
                    sweep.slice(
                            1,
                            (key, copy) ->
                                    assertThat(world.destination.remove(new String(key, UTF_8)))
                                            .isNotNull());
            assertThat(more || world.known.missing() == 0).isTrue();
        }
        return false;
    }

    @Property(tries = 300)
    void withoutAKeyEachCopyIsARow(@ForAll("reads") List<Read> reads) throws Exception {
        World world = new World();
        World saved = world.checkpoint();
        long poll = 0;
        for (Read read : reads) {
            int steps = read.stopsAfter();
            World now = world;
            now.known.begin(++poll);
            boolean died = false;
            for (Integer content : copies(read.rows())) {
                if (steps-- == 0) {
                    died = true;
                    break;
                }
                int copy = now.known.observeCopy(hash(content));
                if (copy >= 0) {
                    assertThat(now.destination.put(content + "#" + copy, "")).isNull();
                }
                if (read.checkpointed() && steps == 3) {
                    saved = now.checkpoint();
                }
            }
            if (!died) {
                KnownRows.Sweep sweep = now.known.sweep();
                boolean more;
                do {
                    more =
                            sweep.slice(
                                    2,
                                    (hash, copy) ->
                                            assertThat(now.destination.remove(hash[0] + "#" + copy))
                                                    .isNotNull());
                } while (more);
            }
            if (died) {
                world = saved.checkpoint();
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
            assertThat(now.destination.keySet()).containsExactlyInAnyOrderElementsOf(expected);
            assertThat(now.tally.known()).isEqualTo(expected.size());
            saved = now.checkpoint();
        }
    }

    @Test
    void aKeyThatComesTwiceInAReadIsTold() throws Exception {
        World world = new World();
        world.known.begin(1);

        assertThat(world.known.observe(bytes(1), hash(1))).isEqualTo(Observation.NEW);
        assertThat(world.known.observe(bytes(1), hash(2))).isEqualTo(Observation.DUPLICATE_KEY);
    }

    @Test
    void slotsOfDeletedRowsAreUsedAgain() throws Exception {
        World world = new World();
        for (int poll = 1; poll <= 50; poll++) {
            world.known.begin(poll);
            world.known.observe(bytes(poll), hash(poll));
            while (world.known.missing() > 0) {
                world.known.sweep().slice(10, (key, copy) -> {});
            }
        }

        assertThat(world.tally.slots()).isEqualTo(2);
    }

    @Test
    void aFormatOfAnotherBuildIsRefused() {
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
