package com.evolvishub.cdc.connectors.pulsar.transactional;

import org.apache.pulsar.client.api.transaction.TxnID;

/**
 * A transaction whose rows are all at the broker, and which waits for its checkpoint.
 *
 * @param most of the transaction's id: its coordinator
 * @param least of the transaction's id
 * @param first number of the first row in it
 * @param last number of the last row in it
 * @param end when the broker gives it up, by the clock of the machine that began it; milliseconds
 *     since 1970
 */
record PulsarCommittable(long most, long least, long first, long last, long end) {

    TxnID id() {
        return new TxnID(most, least);
    }
}
