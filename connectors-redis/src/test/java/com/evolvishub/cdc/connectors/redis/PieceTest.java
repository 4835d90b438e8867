package com.evolvishub.cdc.connectors.redis;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class PieceTest {

    private static Entry entry(long number, int bytes) {
        return new Entry.Fields().with("payload", new byte[bytes]).entry(number);
    }

    @Test
    void leavesASmallBatchWhole() {
        List<Entry> entries = new ArrayList<>();
        for (int i = 1; i <= 1000; i++) {
            entries.add(entry(i, 100));
        }
        assertThat(Piece.of(0, entries)).containsExactly(new Piece(0, entries));
    }

    @Property(tries = 100)
    void losesNoEntryAndChainsTheNumbers(
            @ForAll @Size(min = 1, max = 2500) List<@IntRange(max = 2000) Integer> sizes) {
        List<Entry> entries = new ArrayList<>();
        for (int size : sizes) {
            entries.add(entry(10 + 2L * entries.size(), size));
        }

        List<Piece> pieces = Piece.of(7, entries);

        long before = 7;
        List<Entry> all = new ArrayList<>();
        for (Piece piece : pieces) {
            assertThat(piece.after()).isEqualTo(before);
            assertThat(piece.entries()).hasSizeBetween(1, 1000);
            before = piece.last();
            all.addAll(piece.entries());
        }
        assertThat(all).isEqualTo(entries);
    }
}
