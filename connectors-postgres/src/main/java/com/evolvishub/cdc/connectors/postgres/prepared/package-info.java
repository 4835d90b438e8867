/** Prepared transactions: names, state, commit. */
package com.evolvishub.cdc.connectors.postgres.prepared;
