package com.evolvishub.cdc.delivery;

import com.evolvishub.cdc.flow.ChangeRow;
import com.evolvishub.cdc.flow.FlowElement;
import java.util.List;
import java.util.Optional;

/**
 * What the I/O thread does next: one mark, or rows of one schema.
 *
 * @param mark the mark at the queue's head; empty if rows are
 * @param rows rows from the head on, all of one schema; empty if a mark is at the head
 */
record Batch(Optional<FlowElement> mark, List<ChangeRow> rows) {}
