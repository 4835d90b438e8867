package com.evolvishub.cdc.connectors.pulsar.transactional;

import org.apache.pulsar.client.api.transaction.TxnID;

/**
 * A transaction whose rows the broker has acknowledged, and which waits for its checkpoint.
 *
 * @param most most significant bits of the transaction id: its coordinator
 * @param least least significant bits of the transaction id
 * @param first sequence number of its first row
 * @param last sequence number of its last row
 * @param end when the broker aborts it, by the clock of the machine that began it; milliseconds
 *     since 1970
 */
record PulsarCommittable(long most, long least, long first, long last, long end) {

    TxnID id() {
        return new TxnID(most, least);
    }
}
