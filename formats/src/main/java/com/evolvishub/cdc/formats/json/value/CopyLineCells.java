package com.evolvishub.cdc.formats.json.value;

import com.evolvishub.cdc.formats.message.MessageEncodingException;
import java.util.Arrays;

/**
 * The cells of one line of COPY text, found in one pass and unescaped only where needed. The rules
 * are those of {@link com.evolvishub.cdc.runtime.row.CopyText}. Used by one thread.
 */
public final class CopyLineCells {

    private byte[] line;
    private int[] ends = new int[16];
    private boolean[] escaped = new boolean[16];
    private int count;

    private final ScratchBuffer buffer = new ScratchBuffer();
    private byte[] text;
    private int from;
    private int to;

    /**
     * Reads another line.
     *
     * @param expected the required number of cells; a line with no cells is empty
     */
    public void read(byte[] newLine, int expected) throws MessageEncodingException {
        line = newLine;
        count = 0;
        if (expected > 0) {
            findCells();
        }
        if (count != expected) {
            throw new MessageEncodingException(
                    "the row has %d cells, its schema %d columns".formatted(count, expected));
        }
    }

    private void findCells() {
        boolean backslash = false;
        for (int i = 0; i < line.length; i++) {
            byte b = line[i];
            if (b == '\t') {
                endCell(i, backslash);
                backslash = false;
            } else if (b == '\\') {
                backslash = true;
            }
        }
        endCell(line.length, backslash);
    }

    private void endCell(int at, boolean backslash) {
        if (count == ends.length) {
            ends = Arrays.copyOf(ends, 2 * count);
            escaped = Arrays.copyOf(escaped, 2 * count);
        }
        ends[count] = at;
        escaped[count++] = backslash;
    }

    private int start(int cell) {
        return cell == 0 ? 0 : ends[cell - 1] + 1;
    }

    boolean isNull(int cell) {
        int start = start(cell);
        return escaped[cell]
                && ends[cell] - start == 2
                && line[start] == '\\'
                && line[start + 1] == 'N';
    }

    /** Appends a cell's encoded value, null for NULL. */
    void write(int cell, ValueEncoder encoder, JsonWriter json) throws MessageEncodingException {
        if (isNull(cell)) {
            json.nullValue();
            return;
        }
        load(cell);
        encoder.write(text, from, to, json);
    }

    private void load(int cell) {
        from = start(cell);
        to = ends[cell];
        text = line;
        if (escaped[cell]) {
            unescape();
        }
    }

    private void unescape() {
        byte[] result = buffer.atLeast(to - from);
        int length = 0;
        for (int i = from; i < to; i++) {
            byte b = line[i];
            if (b == '\\' && i + 1 < to) {
                b = unescaped(line[++i]);
            }
            result[length++] = b;
        }
        text = result;
        from = 0;
        to = length;
    }

    private static byte unescaped(byte code) {
        return switch (code) {
            case 'b' -> '\b';
            case 'f' -> '\f';
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            case 'v' -> 0x0b;
            default -> code;
        };
    }
}
