/**
 * Transactions that are open in the source database, and the low watermark that they pin. Here late
 * commits are found.
 */
package com.evolvishub.cdc.source.transactions;
