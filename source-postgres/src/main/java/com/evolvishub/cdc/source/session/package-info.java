/**
 * PostgreSQL as it is read: sessions with pinned settings, what a relation or a query looks like,
 * rows as COPY text, and which failures go by themselves. Nothing of Flink, nothing of
 * destinations; no statement here writes.
 */
package com.evolvishub.cdc.source.session;
