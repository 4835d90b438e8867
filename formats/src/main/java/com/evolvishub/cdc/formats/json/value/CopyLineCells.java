package com.evolvishub.cdc.formats.json.value;

import com.evolvishub.cdc.formats.message.MessageEncodingException;
import java.util.Arrays;

/**
 * The cells of one line of COPY text, found in one pass and unescaped only where there is something
 * to unescape. The rules are those of {@link com.evolvishub.cdc.runtime.row.CopyText}. Used by one
 * thread.
 */
public final class CopyLineCells {

    private byte[] line;
    private int[] ends = new int[16];
    private boolean[] escaped = new boolean[16];
    private int count;

    private final ScratchBuffer scratch = new ScratchBuffer();
    private byte[] text;
    private int from;
    private int to;

    /**
     * Looks at another line.
     *
     * @param expected how many cells it must have; a line of none is empty
     */
    public void read(byte[] another, int expected) throws MessageEncodingException {
        line = another;
        count = 0;
        if (expected > 0) {
            find();
        }
        if (count != expected) {
            throw new MessageEncodingException(
                    "the row has %d cells, its schema %d columns".formatted(count, expected));
        }
    }

    private void find() {
        boolean backslash = false;
        for (int i = 0; i < line.length; i++) {
            byte b = line[i];
            if (b == '\t') {
                end(i, backslash);
                backslash = false;
            } else if (b == '\\') {
                backslash = true;
            }
        }
        end(line.length, backslash);
    }

    private void end(int at, boolean backslash) {
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

    /** Appends a cell's value in its form, null for NULL. */
    void write(int cell, ValueEncoder form, JsonWriter json) throws MessageEncodingException {
        if (isNull(cell)) {
            json.nullValue();
            return;
        }
        load(cell);
        form.write(text, from, to, json);
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
        byte[] meant = scratch.atLeast(to - from);
        int length = 0;
        for (int i = from; i < to; i++) {
            byte b = line[i];
            if (b == '\\' && i + 1 < to) {
                b = unescaped(line[++i]);
            }
            meant[length++] = b;
        }
        text = meant;
        from = 0;
        to = length;
    }

    private static byte unescaped(byte letter) {
        return switch (letter) {
            case 'b' -> '\b';
            case 'f' -> '\f';
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            case 'v' -> 0x0b;
            default -> letter;
        };
    }
}
