package com.evolvishub.cdc.runtime.row;

import java.util.Objects;

/**
 * One version of one row, as PostgreSQL COPY text. Immutable; the arrays are shared and must not be
 * written to.
 */
public final class ChangeRow implements PipelineElement {

    private final Operation operation;
    private final RowSchema schema;
    private final byte[] line;
    private final byte[] rowId;
    private final byte[] watermark;
    private final long sequence;

    private ChangeRow(
            Operation operation,
            RowSchema schema,
            byte[] line,
            byte[] rowId,
            byte[] watermark,
            long sequence) {
        this.operation = Objects.requireNonNull(operation, "operation");
        this.schema = Objects.requireNonNull(schema, "schema");
        this.line = Objects.requireNonNull(line, "line");
        this.rowId = Objects.requireNonNull(rowId, "rowId");
        this.watermark = Objects.requireNonNull(watermark, "watermark");
        this.sequence = sequence;
    }

    /**
     * A row as read from the source.
     *
     * @param line COPY text of the schema's columns, without the line end; for a delete, of its key
     *     columns only, in key order
     * @param watermark COPY text of the watermark; empty when the mapping has none
     */
    public static ChangeRow of(
            Operation operation, RowSchema schema, byte[] line, byte[] watermark) {
        return new ChangeRow(operation, schema, line, CopyText.EMPTY, watermark, 0);
    }

    /** The same row with another operation, after the comparison with the dedupe state. */
    public ChangeRow withOperation(Operation other) {
        return new ChangeRow(other, schema, line, rowId, watermark, sequence);
    }

    /**
     * The same row with a generated id, which identifies it among equal rows of a keyless mapping.
     */
    public ChangeRow withRowId(byte[] id) {
        return new ChangeRow(operation, schema, line, id, watermark, sequence);
    }

    /** The same row without some of its columns. */
    public ChangeRow projected(RowSchema narrower, byte[] shorter) {
        return new ChangeRow(operation, narrower, shorter, rowId, watermark, sequence);
    }

    /** The same row with the pipeline's sequence number {@code number}, counted from 1. */
    public ChangeRow withSequence(long number) {
        return new ChangeRow(operation, schema, line, rowId, watermark, number);
    }

    /** The change. */
    public Operation operation() {
        return operation;
    }

    /** Columns and key of {@link #line}. */
    public RowSchema schema() {
        return schema;
    }

    /** COPY text without the line end; shared, must not be written to. */
    public byte[] line() {
        return line;
    }

    /** Id of a row of a keyless mapping; empty when there is none. */
    public byte[] rowId() {
        return rowId;
    }

    /** COPY text of the watermark; empty when there is none. */
    public byte[] watermark() {
        return watermark;
    }

    /** The pipeline's sequence number; 0 before delivery assigns one. */
    public long sequence() {
        return sequence;
    }

    /** Estimated memory use in bytes. */
    public int weight() {
        return 96 + line.length + rowId.length + watermark.length;
    }
}
