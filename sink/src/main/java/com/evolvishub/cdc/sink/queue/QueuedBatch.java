package com.evolvishub.cdc.sink.queue;

import com.evolvishub.cdc.runtime.row.ChangeRow;
import com.evolvishub.cdc.runtime.row.PipelineElement;
import java.util.List;
import java.util.Optional;

/**
 * What the I/O thread does next: one mark, or rows of one schema.
 *
 * @param mark the mark at the queue's head; empty if rows are
 * @param rows rows from the head on, all of one schema; empty if a mark is at the head
 */
public record QueuedBatch(Optional<PipelineElement> marker, List<ChangeRow> rows) {}
