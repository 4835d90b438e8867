/**
 * Transactions that are open in the source database, and the low watermarks that they pin. They
 * make late commits visible to a poll.
 */
package com.evolvishub.cdc.source.transactions;
