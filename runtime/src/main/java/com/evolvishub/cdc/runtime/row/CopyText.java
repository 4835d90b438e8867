package com.evolvishub.cdc.runtime.row;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * PostgreSQL's COPY text format: cells separated by tabs, backslash escapes, {@code \N} for NULL.
 * The rules are those of the server's documentation of COPY, section "Text Format". All methods
 * take a line without its line end.
 */
public final class CopyText {

    /** No bytes. */
    public static final byte[] EMPTY = new byte[0];

    private static final byte[] NULL = {'\\', 'N'};

    private CopyText() {}

    /** The line's cells, still escaped. */
    public static List<byte[]> cells(byte[] line) {
        List<byte[]> cells = new ArrayList<>();
        int from = 0;
        for (int i = 0; i <= line.length; i++) {
            if (i == line.length || line[i] == '\t') {
                cells.add(Arrays.copyOfRange(line, from, i));
                from = i + 1;
            }
        }
        return cells;
    }

    /** The cells at {@code positions}, in any order, as a new line. */
    public static byte[] select(byte[] line, List<Integer> positions) {
        List<byte[]> cells = cells(line);
        List<byte[]> chosen = new ArrayList<>(positions.size());
        for (int position : positions) {
            chosen.add(cells.get(position));
        }
        return join(chosen);
    }

    /** One cell, still escaped. */
    public static byte[] cell(byte[] line, int position) {
        int from = 0;
        int at = 0;
        for (int i = 0; i <= line.length; i++) {
            if (i == line.length || line[i] == '\t') {
                if (at == position) {
                    return Arrays.copyOfRange(line, from, i);
                }
                at++;
                from = i + 1;
            }
        }
        throw new IndexOutOfBoundsException("cell " + position + " of " + at);
    }

    /** Escaped cells as one line. */
    public static byte[] join(List<byte[]> cells) {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int i = 0; i < cells.size(); i++) {
            if (i > 0) {
                line.write('\t');
            }
            line.writeBytes(cells.get(i));
        }
        return line.toByteArray();
    }

    /** Whether an escaped cell is NULL. */
    public static boolean isNull(byte[] cell) {
        return Arrays.equals(cell, NULL);
    }

    /** The escaped form of NULL. */
    public static byte[] nullCell() {
        return NULL.clone();
    }

    /** The value of an escaped cell that is not NULL. */
    public static String unescape(byte[] cell) {
        if (isNull(cell)) {
            throw new IllegalArgumentException("NULL has no text");
        }
        ByteArrayOutputStream text = new ByteArrayOutputStream(cell.length);
        for (int i = 0; i < cell.length; i++) {
            if (cell[i] != '\\' || i + 1 == cell.length) {
                text.write(cell[i]);
                continue;
            }
            byte escaped = cell[++i];
            switch (escaped) {
                case 'b' -> text.write('\b');
                case 'f' -> text.write('\f');
                case 'n' -> text.write('\n');
                case 'r' -> text.write('\r');
                case 't' -> text.write('\t');
                case 'v' -> text.write(0x0b);
                default -> text.write(escaped);
            }
        }
        return text.toString(StandardCharsets.UTF_8);
    }

    /** A value as an escaped cell. */
    public static byte[] escape(String value) {
        ByteArrayOutputStream cell = new ByteArrayOutputStream(value.length() + 8);
        for (byte b : value.getBytes(StandardCharsets.UTF_8)) {
            switch (b) {
                case '\\' -> appendEscaped(cell, '\\');
                case '\b' -> appendEscaped(cell, 'b');
                case '\f' -> appendEscaped(cell, 'f');
                case '\n' -> appendEscaped(cell, 'n');
                case '\r' -> appendEscaped(cell, 'r');
                case '\t' -> appendEscaped(cell, 't');
                case 0x0b -> appendEscaped(cell, 'v');
                default -> cell.write(b);
            }
        }
        return cell.toByteArray();
    }

    private static void appendEscaped(ByteArrayOutputStream cell, char code) {
        cell.write('\\');
        cell.write(code);
    }
}
