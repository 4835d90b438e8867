package com.evolvishub.cdc.connectors.redis.entry;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class ChunkTest {

    private static StreamEntry entry(long sequence, int bytes) {
        return new StreamEntry.Fields().with("payload", new byte[bytes]).entry(sequence);
    }

    @Test
    void keepsASmallBatchInOneChunk() {
        List<StreamEntry> entries = new ArrayList<>();
        for (int i = 1; i <= 1000; i++) {
            entries.add(entry(i, 100));
        }
        assertThat(Chunk.of(0, entries)).containsExactly(new Chunk(0, entries));
    }

    @Property(tries = 100)
    void keepsAllEntriesAndChainsTheSequenceNumbers(
            @ForAll @Size(min = 1, max = 2500) List<@IntRange(max = 2000) Integer> sizes) {
        List<StreamEntry> entries = new ArrayList<>();
        for (int size : sizes) {
            entries.add(entry(10 + 2L * entries.size(), size));
        }

        List<Chunk> chunks = Chunk.of(7, entries);

        long before = 7;
        List<StreamEntry> all = new ArrayList<>();
        for (Chunk chunk : chunks) {
            assertThat(chunk.previous()).isEqualTo(before);
            assertThat(chunk.entries()).hasSizeBetween(1, 1000);
            before = chunk.last();
            all.addAll(chunk.entries());
        }
        assertThat(all).isEqualTo(entries);
    }
}
