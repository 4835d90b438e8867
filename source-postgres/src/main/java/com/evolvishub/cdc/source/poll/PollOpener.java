package com.evolvishub.cdc.source.poll;

import com.evolvishub.cdc.planner.physical.Capture;
import com.evolvishub.cdc.planner.physical.PollScan;
import com.evolvishub.cdc.planner.sql.PollQuery.Placeholder;
import com.evolvishub.cdc.planner.sql.Relation;
import com.evolvishub.cdc.planner.sql.ScanSql;
import com.evolvishub.cdc.runtime.pipeline.DestinationDescription;
import com.evolvishub.cdc.runtime.pipeline.KeyLookupRequests;
import com.evolvishub.cdc.runtime.pipeline.PipelineStatus;
import com.evolvishub.cdc.runtime.row.SnapshotIntegrity;
import com.evolvishub.cdc.source.catalog.QueryPlaceholders;
import com.evolvishub.cdc.source.catalog.RelationDescription;
import com.evolvishub.cdc.source.locks.LockHolder;
import com.evolvishub.cdc.source.locks.RelationLocks;
import com.evolvishub.cdc.source.locks.SnapshotIntegrityChecker;
import com.evolvishub.cdc.source.poll.OpenedPoll.PollContext;
import com.evolvishub.cdc.source.poll.OpenedPoll.Waiter;
import com.evolvishub.cdc.source.poll.WakeableWaiter.WokenUpException;
import com.evolvishub.cdc.source.schedule.SourceClocks;
import com.evolvishub.cdc.source.schema.CachedRelation;
import com.evolvishub.cdc.source.schema.KeyStabilityCheck;
import com.evolvishub.cdc.source.schema.RelationChangedException;
import com.evolvishub.cdc.source.schema.RowLayout;
import com.evolvishub.cdc.source.schema.RowLayoutResolver;
import com.evolvishub.cdc.source.schema.UnderlyingRelationMonitor;
import com.evolvishub.cdc.source.session.CombinedQuery;
import com.evolvishub.cdc.source.session.CombinedQuery.Answer;
import com.evolvishub.cdc.source.session.SourceException;
import com.evolvishub.cdc.source.session.SourceSession;
import com.evolvishub.cdc.source.split.PollRange;
import com.evolvishub.cdc.source.split.PostgresSplit;
import com.evolvishub.cdc.source.split.RowKey;
import com.evolvishub.cdc.source.transactions.LowWatermarkReporter;
import com.evolvishub.cdc.source.transactions.TransactionSnapshot;
import com.evolvishub.cdc.source.watermark.GranularityDetector;
import com.evolvishub.cdc.source.watermark.NumericLookbackTimer;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/**
 * Opens the next poll of a split: describes the source's columns, computes the range and builds the
 * statement. Used by the polling thread.
 */
public final class PollOpener {

    /** DDL is rare and does not hit every attempt. */
    private static final int MAX_ATTEMPTS = 3;

    private final PollScan scan;
    private final RowLayoutResolver layouts;
    private final KeyStabilityCheck keyCheck;
    private final ColumnChangeReporter columns;
    private final CachedRelation cachedRelation;
    private final PipelineStatus status;
    private final LowWatermarkReporter lowWatermarkReporter;
    private final UnderlyingRelationMonitor relationMonitor;
    private final SourceClocks clocks;
    private final RelationLocks locks;
    private final SnapshotIntegrityChecker integrityChecker;
    private final ClockStepDetector clockStep;
    private final NumericLookbackTimer numericLookback;
    private final KeyLookupRequests lookups;

    /**
     * Whether the server may be a standby, which needs a transaction snapshot before the database
     * snapshot.
     */
    private boolean standby = true;

    public PollOpener(
            String mapping,
            PollScan scan,
            PipelineStatus status,
            SourceClocks clocks,
            DuplicateEffect duplicates,
            KeyLookupRequests lookups) {
        this.scan = scan;
        this.layouts = new RowLayoutResolver(scan);
        this.keyCheck = new KeyStabilityCheck(mapping, scan);
        this.columns = new ColumnChangeReporter(mapping, scan.capture(), status);
        this.cachedRelation = new CachedRelation(scan.relation());
        this.status = status;
        this.lowWatermarkReporter = new LowWatermarkReporter(mapping, status);
        this.relationMonitor = new UnderlyingRelationMonitor(scan.relation(), clocks.wall());
        this.clocks = clocks;
        this.locks = new RelationLocks(scan.relation());
        this.integrityChecker = new SnapshotIntegrityChecker(scan.relation(), locks);
        this.clockStep = new ClockStepDetector(mapping, duplicates);
        this.numericLookback = new NumericLookbackTimer(clocks.wall());
        this.lookups = lookups;
    }

    /**
     * What is known before a database snapshot is taken.
     *
     * @param found the description of the source
     * @param key the columns that identify a row
     * @param layout the columns to read
     * @param placeholders of the user's query; empty where a table is read
     * @param expectedRows the planner's estimate for a full read; 0 where it was not queried
     */
    public record SourceSchema(
            RelationDescription found,
            RowKey key,
            RowLayout layout,
            Optional<QueryPlaceholders> placeholders,
            long expectedRows) {

        ScanSql sql(Relation relation) {
            ScanSql plain = new ScanSql(relation, layout.columns(), layout.key());
            return layout.largeRows().withSizeGuard(plain);
        }

        Function<Placeholder, String> literals(UnaryOperator<String> lastSync) {
            return placeholders
                    .map(typed -> typed.literals(lastSync))
                    .orElse(PollOpener::noPlaceholders);
        }
    }

    public SourceSchema describeSource(
            SourceSession session, PostgresSplit split, Optional<DestinationDescription> target)
            throws SQLException {
        try {
            return describe(session, split, target);
        } catch (SQLException | RuntimeException failure) {
            cachedRelation.invalidate();
            throw failure;
        }
    }

    private SourceSchema describe(
            SourceSession session, PostgresSplit split, Optional<DestinationDescription> target)
            throws SQLException {
        RelationDescription described = cachedRelation.describe(session);
        Optional<QueryPlaceholders> placeholders = cachedRelation.placeholders();
        RelationDescription found =
                layouts.applySchemaChange(
                        described, split.provenance().columns(), scan.schemaChange());
        RowKey key = split.key().decided() ? split.key() : layouts.key(found, target);
        if (split.key().decided()) {
            keyCheck.check(session, key, found);
        }
        RowLayout layout = layouts.layout(found, key);
        SourceSchema schema = new SourceSchema(found, key, layout, placeholders, 0);
        if (!(scan.capture() instanceof Capture.ByDiff)) {
            relationMonitor.refreshCatalog(
                    session,
                    schema.sql(scan.relation()).all(schema.literals(PollOpener::lowestValue)));
        }
        if (!split.lastSync().isEmpty()) {
            return schema;
        }
        String all = schema.sql(scan.relation()).all(schema.literals(PollOpener::lowestValue));
        long expected = locks.estimatedRows(session, all);
        return new SourceSchema(found, key, layout, placeholders, expected);
    }

    private static String noPlaceholders(Placeholder placeholder) {
        throw new IllegalStateException("a table has no place for " + placeholder);
    }

    /**
     * Takes a database snapshot and starts to read.
     *
     * @param described the current schema; described again if the source has changed since
     */
    public OpenedPoll open(
            SourceSession session,
            SourceSchema described,
            PostgresSplit split,
            Optional<DestinationDescription> target,
            Waiter waiter)
            throws SQLException, WokenUpException {
        SourceSchema schema = described;
        for (int attempt = 1; ; attempt++) {
            try {
                OpenedPoll opened = open(session, schema, split, waiter);
                columns.report(split.provenance().columns(), schema);
                return opened;
            } catch (RelationChangedException changed) {
                session.endSnapshot();
                locks.forgetQuery();
                if (attempt == MAX_ATTEMPTS) {
                    throw SourceException.transientError(changed.getMessage(), changed);
                }
                schema = describeSource(session, split, target);
            } catch (SQLException | RuntimeException failure) {
                cachedRelation.invalidate();
                throw failure;
            }
        }
    }

    private OpenedPoll open(
            SourceSession session, SourceSchema schema, PostgresSplit split, Waiter waiter)
            throws SQLException, WokenUpException, RelationChangedException {
        PostgresSplit here =
                split.withProvenance(
                        split.provenance()
                                .withColumns(RowLayoutResolver.signature(schema.found())));
        locks.explain(
                session, schema.sql(scan.relation()).all(schema.literals(PollOpener::lowestValue)));
        PollContext context =
                new PollContext(
                        session,
                        cachedRelation,
                        locks,
                        schema.found(),
                        schema,
                        here,
                        clocks.database());
        if (scan.capture() instanceof Capture.ByWatermark by) {
            Capture.ByWatermark captureWithLookback =
                    GranularityDetector.withWidenedLookback(
                            by.forRelations(relationMonitor.commitRemotely()),
                            here.time().granularity());
            return new WatermarkPollOpener(
                            scan,
                            captureWithLookback,
                            relationMonitor.refresh(session, here),
                            lowWatermarkReporter,
                            clocks,
                            clockStep,
                            numericLookback,
                            lookups.requested())
                    .open(context, status, waiter);
        }
        if (scan.capture() instanceof Capture.ByQuery by) {
            Capture.ByQuery captureWithLookback = by.forRelations(relationMonitor.commitRemotely());
            return new QueryPollOpener(
                            scan,
                            captureWithLookback,
                            relationMonitor.refresh(session, here),
                            lowWatermarkReporter,
                            integrityChecker,
                            clocks,
                            clockStep)
                    .open(context);
        }
        TransactionSnapshot snapshot = takeSnapshot(context);
        String select = schema.sql(scan.relation()).all(schema.literals(PollOpener::lowestValue));
        return new OpenedPoll(
                Poll.start(session, schema.layout(), snapshot, select),
                here.started(
                        schema.key(), PollRange.ALL, here.transactions(), here.lookbackWindow()),
                List.of(),
                here.nullWatermarkRowsAt());
    }

    /** Takes the database snapshot of a full read and returns a time that is not later. */
    private TransactionSnapshot takeSnapshot(PollContext context)
            throws SQLException, RelationChangedException {
        Optional<TransactionSnapshot> before =
                standby ? Optional.of(context.takeTransactionSnapshot()) : Optional.empty();
        context.beginSnapshot();
        CombinedQuery combined = new CombinedQuery();
        combined.ask(integrityChecker.beforeRead());
        Answer<TransactionSnapshot> time =
                combined.ask(TransactionSnapshot.timeOnly(clocks.database()));
        context.takeSnapshot(combined);
        if (before.isPresent()) {
            standby = before.get().standby();
            return before.get();
        }
        if (!time.get().standby()) {
            return time.get();
        }
        // the connection goes to another server than before
        context.session().endSnapshot();
        standby = true;
        return takeSnapshot(context);
    }

    /** Returns what the completed read could see, and ends its transaction. */
    public SnapshotIntegrity coverage(SourceSession session, long poll) throws SQLException {
        boolean query = scan.relation() instanceof Relation.Query;
        return integrityChecker.end(
                session,
                poll,
                query ? cachedRelation.revision() : SnapshotIntegrityChecker.ANY_EDITION);
    }

    /** A human-readable description of the session that has locked a relation of this read. */
    public String lockHolder(SourceSession session) throws SQLException {
        return LockHolder.describe(session, locks);
    }

    /** A value below every other, for a placeholder that needs one before anything was read. */
    static String lowestValue(String type) {
        return switch (type) {
            case "int2" -> "-32768";
            case "int4" -> "-2147483648";
            case "int8" -> "-9223372036854775808";
            case "numeric" -> "-1e1000";
            case "xid8" -> "0";
            case "uuid" -> "00000000-0000-0000-0000-000000000000";
            case "text", "varchar", "bpchar", "name", "citext" -> "";
            default -> "-infinity";
        };
    }
}
