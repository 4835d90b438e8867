package com.evolvishub.cdc.sink.queue;

import com.evolvishub.cdc.runtime.row.ChangeRow;
import com.evolvishub.cdc.runtime.row.PipelineElement;
import java.util.List;
import java.util.Optional;

/**
 * What the I/O thread processes next: one poll marker, or rows of one schema.
 *
 * @param marker the poll marker at the queue's head; empty if rows are at the head
 * @param rows rows from the head on, all of one schema; empty if a marker is at the head
 */
public record QueuedBatch(Optional<PipelineElement> marker, List<ChangeRow> rows) {}
