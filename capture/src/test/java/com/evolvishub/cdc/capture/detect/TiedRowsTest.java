package com.evolvishub.cdc.capture.detect;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class TiedRowsTest {

    private static final byte[] MARK = "2024-01-01".getBytes(UTF_8);

    @Test
    void dropsWhatWasSentOfATieAndOnlyThat() throws Exception {
        TiedRows tied = new TiedRows(new HeapMapState<>());
        tied.begin(1);
        assertThat(tied.wasSent(MARK, hash(1))).isFalse();
        assertThat(tied.wasSent(MARK, hash(1))).isFalse();
        assertThat(tied.wasSent(MARK, hash(2))).isFalse();

        tied.begin(2);
        assertThat(tied.wasSent(MARK, hash(1))).isTrue();
        assertThat(tied.wasSent(MARK, hash(2))).isTrue();
        assertThat(tied.wasSent(MARK, hash(1))).isTrue();
        assertThat(tied.wasSent(MARK, hash(1))).isFalse();
        assertThat(tied.wasSent(MARK, hash(3))).isFalse();
    }

    @Test
    void forgetsATieThatWasLeft() throws Exception {
        HeapMapState<byte[], byte[]> overflow = new HeapMapState<>();
        TiedRows tied = new TiedRows(overflow);
        tied.begin(1);
        for (int i = 0; i < 3 * TiedRows.ON_HEAP; i++) {
            tied.wasSent(MARK, hash(i));
        }
        assertThat(overflow.size()).isEqualTo(2 * TiedRows.ON_HEAP);

        tied.wasSent("2024-01-02".getBytes(UTF_8), hash(1));
        assertThat(overflow.isEmpty()).isTrue();
    }

    @Test
    void comesBackFromACheckpointAnywhereInALongTie() throws Exception {
        int rows = 3 * TiedRows.ON_HEAP;
        for (int stop : new int[] {1, 100, TiedRows.ON_HEAP, TiedRows.ON_HEAP + 1, rows}) {
            HeapMapState<byte[], byte[]> overflow = new HeapMapState<>();
            TiedRows tied = new TiedRows(overflow);
            tied.begin(1);
            for (int i = 0; i < stop; i++) {
                tied.wasSent(MARK, hash(i));
            }
            TiedRows restored = new TiedRows(new HeapMapState<>(overflow));
            restored.restore(tied.toBytes());
            restored.begin(2);
            List<Integer> sent = new ArrayList<>();
            for (int i = 0; i < rows; i++) {
                if (!restored.wasSent(MARK, hash(i))) {
                    sent.add(i);
                }
            }
            assertThat(sent).hasSize(rows - stop);
            assertThat(sent).allMatch(i -> i >= stop);
        }
    }

    private static byte[] hash(int content) {
        return ByteBuffer.allocate(ContentHash.BYTES).putInt(content).array();
    }
}
