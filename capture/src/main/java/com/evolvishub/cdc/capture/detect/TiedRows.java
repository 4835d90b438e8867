package com.evolvishub.cdc.capture.detect;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.apache.flink.api.common.state.MapState;

/**
 * How many rows of each content were sent at the highest watermark so far, for rows without a key:
 * a read that goes on there shows them again. The first few thousand are on the heap, where most
 * ties end; the rest are in keyed state, so that a tie of a million rows costs no memory.
 *
 * <p>Used by the task's thread.
 */
final class TiedRows {

    static final int ON_HEAP = 4096;

    private final MapState<byte[], byte[]> overflow;
    private final Map<ByteBuffer, Count> heap = new HashMap<>();
    private byte[] watermark;
    private boolean overflown;
    private long poll;

    /** Copies sent, and copies shown by a poll. */
    private record Count(int sent, long poll, int shown) {

        static final Count NONE = new Count(0, 0, 0);

        Count shownIn(long now) {
            int before = poll == now ? shown : 0;
            return new Count(Math.max(sent, before + 1), now, before + 1);
        }

        byte[] toBytes() {
            return ByteBuffer.allocate(16).putInt(sent).putLong(poll).putInt(shown).array();
        }

        static Count of(ByteBuffer in) {
            return new Count(in.getInt(), in.getLong(), in.getInt());
        }
    }

    TiedRows(MapState<byte[], byte[]> overflow) {
        this.overflow = overflow;
        this.watermark = new byte[0];
    }

    void begin(long number) {
        poll = number;
    }

    /** Whether this row was sent before. */
    boolean wasSent(byte[] mark, byte[] hash) throws Exception {
        if (!Arrays.equals(mark, watermark)) {
            // rows come in the order of their watermarks: nothing of the tie before comes again
            heap.clear();
            if (overflown) {
                overflow.clear();
                overflown = false;
            }
            watermark = mark;
        }
        ByteBuffer key = ByteBuffer.wrap(hash);
        Count before = heap.get(key);
        if (before == null && overflown) {
            byte[] kept = overflow.get(hash);
            before = kept == null ? null : Count.of(ByteBuffer.wrap(kept));
        }
        Count now = (before == null ? Count.NONE : before).shownIn(poll);
        if (heap.containsKey(key) || heap.size() < ON_HEAP) {
            heap.put(key, now);
        } else {
            overflow.put(hash, now.toBytes());
            overflown = true;
        }
        return before != null && now.sent() == before.sent();
    }

    /** What is on the heap, for a checkpoint. */
    byte[] toBytes() {
        int entry = ContentHash.BYTES + 16;
        ByteBuffer out =
                ByteBuffer.allocate(5 + watermark.length + 4 + heap.size() * entry)
                        .put((byte) (overflown ? 1 : 0))
                        .putInt(watermark.length)
                        .put(watermark)
                        .putInt(heap.size());
        heap.forEach((hash, count) -> out.put(hash.duplicate()).put(count.toBytes()));
        return out.array();
    }

    /** Takes up what {@link #toBytes} wrote. */
    void restore(byte[] bytes) {
        ByteBuffer in = ByteBuffer.wrap(bytes);
        overflown = in.get() == 1;
        watermark = new byte[in.getInt()];
        in.get(watermark);
        int size = in.getInt();
        for (int i = 0; i < size; i++) {
            byte[] hash = new byte[ContentHash.BYTES];
            in.get(hash);
            heap.put(ByteBuffer.wrap(hash), Count.of(in));
        }
    }
}
