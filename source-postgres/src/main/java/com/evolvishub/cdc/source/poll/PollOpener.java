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
 * Makes a poll out of where a mapping stands: looks at the source's columns, finds the range, and
 * writes the statement. Used by the polling thread.
 */
public final class PollOpener {

    /** DDL comes once, not at every poll. */
    private static final int TRIES = 3;

    private final PollScan scan;
    private final RowLayoutResolver layouts;
    private final KeyStabilityCheck keyCheck;
    private final ColumnChangeReporter columns;
    private final CachedRelation known;
    private final PipelineStatus status;
    private final LowWatermarkReporter lowWatermarkReporter;
    private final UnderlyingRelationMonitor relationMonitor;
    private final SourceClocks clocks;
    private final RelationLocks locks;
    private final SnapshotIntegrityChecker observer;
    private final ClockStepDetector clockStep;
    private final NumericLookbackTimer numericLookback;
    private final KeyLookupRequests lookups;

    /** Whether it may be one: then a look has to stand before the snapshot. */
    private boolean standby = true;

    public PollOpener(
            String mapping,
            PollScan scan,
            PipelineStatus status,
            SourceClocks clocks,
            DuplicateEffect repeats,
            KeyLookupRequests lookups) {
        this.scan = scan;
        this.layouts = new RowLayoutResolver(scan);
        this.keyCheck = new KeyStabilityCheck(mapping, scan);
        this.columns = new ColumnChangeReporter(mapping, scan.capture(), status);
        this.known = new CachedRelation(scan.relation());
        this.status = status;
        this.lowWatermarkReporter = new LowWatermarkReporter(mapping, status);
        this.relationMonitor = new UnderlyingRelationMonitor(scan.relation(), clocks.wall());
        this.clocks = clocks;
        this.locks = new RelationLocks(scan.relation());
        this.observer = new SnapshotIntegrityChecker(scan.relation(), locks);
        this.clockStep = new ClockStepDetector(mapping, repeats);
        this.numericLookback = new NumericLookbackTimer(clocks.wall());
        this.lookups = lookups;
    }

    /**
     * What is known before a snapshot is taken.
     *
     * @param found what the source looks like
     * @param key what tells rows apart
     * @param layout columns to ask for
     * @param places of the user's query; nothing where a table is read
     * @param expectedRows the planner's guess for a read of everything; 0 where it was not asked
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
            known.invalidate();
            throw failure;
        }
    }

    private SourceSchema describe(
            SourceSession session, PostgresSplit split, Optional<DestinationDescription> target)
            throws SQLException {
        RelationDescription described = known.describe(session);
        Optional<QueryPlaceholders> places = known.placeholders();
        RelationDescription found =
                layouts.applySchemaChange(
                        described, split.provenance().columns(), scan.schemaChange());
        RowKey key = split.key().decided() ? split.key() : layouts.key(found, target);
        if (split.key().decided()) {
            keyCheck.check(session, key, found);
        }
        RowLayout layout = layouts.layout(found, key);
        SourceSchema survey = new SourceSchema(found, key, layout, places, 0);
        if (!(scan.capture() instanceof Capture.ByDiff)) {
            relationMonitor.refreshCatalog(
                    session,
                    survey.sql(scan.relation()).all(survey.literals(PollOpener::lowestValue)));
        }
        if (!split.lastSync().isEmpty()) {
            return survey;
        }
        String all = survey.sql(scan.relation()).all(survey.literals(PollOpener::lowestValue));
        long expected = locks.estimatedRows(session, all);
        return new SourceSchema(found, key, layout, places, expected);
    }

    private static String noPlaceholders(Placeholder place) {
        throw new IllegalStateException("a table has no place for " + place);
    }

    /**
     * Takes a snapshot and starts to read.
     *
     * @param surveyed a moment ago; surveyed anew if the source has changed since
     */
    public OpenedPoll open(
            SourceSession session,
            SourceSchema surveyed,
            PostgresSplit split,
            Optional<DestinationDescription> target,
            Waiter waiting)
            throws SQLException, WokenUpException {
        SourceSchema survey = surveyed;
        for (int tried = 1; ; tried++) {
            try {
                OpenedPoll opening = open(session, survey, split, waiting);
                columns.report(split.provenance().columns(), survey);
                return opening;
            } catch (RelationChangedException changed) {
                session.endSnapshot();
                locks.forgetQuery();
                if (tried == TRIES) {
                    throw SourceException.transientError(changed.getMessage(), changed);
                }
                survey = describeSource(session, split, target);
            } catch (SQLException | RuntimeException failure) {
                known.invalidate();
                throw failure;
            }
        }
    }

    private OpenedPoll open(
            SourceSession session, SourceSchema survey, PostgresSplit split, Waiter waiting)
            throws SQLException, WokenUpException, RelationChangedException {
        PostgresSplit here =
                split.withProvenance(
                        split.provenance()
                                .withColumns(RowLayoutResolver.signature(survey.found())));
        locks.explain(
                session, survey.sql(scan.relation()).all(survey.literals(PollOpener::lowestValue)));
        PollContext request =
                new PollContext(
                        session, known, locks, survey.found(), survey, here, clocks.database());
        if (scan.capture() instanceof Capture.ByWatermark by) {
            Capture.ByWatermark far =
                    GranularityDetector.withWidenedLookback(
                            by.forRelations(relationMonitor.commitRemotely()),
                            here.time().granularity());
            return new WatermarkPollOpener(
                            scan,
                            far,
                            relationMonitor.refresh(session, here),
                            lowWatermarkReporter,
                            clocks,
                            clockStep,
                            numericLookback,
                            lookups.requested())
                    .open(request, status, waiting);
        }
        if (scan.capture() instanceof Capture.ByQuery by) {
            Capture.ByQuery far = by.forRelations(relationMonitor.commitRemotely());
            return new QueryPollOpener(
                            scan,
                            far,
                            relationMonitor.refresh(session, here),
                            lowWatermarkReporter,
                            observer,
                            clocks,
                            clockStep)
                    .open(request);
        }
        TransactionSnapshot look = takeSnapshot(request);
        String select = survey.sql(scan.relation()).all(survey.literals(PollOpener::lowestValue));
        return new OpenedPoll(
                Poll.start(session, survey.layout(), look, select),
                here.started(
                        survey.key(), PollRange.ALL, here.transactions(), here.lookbackWindow()),
                List.of(),
                here.nullWatermarkRowsAt());
    }

    /** Takes a comparison's snapshot; tells a time that is no later. */
    private TransactionSnapshot takeSnapshot(PollContext request)
            throws SQLException, RelationChangedException {
        Optional<TransactionSnapshot> before =
                standby ? Optional.of(request.takeTransactionSnapshot()) : Optional.empty();
        request.beginSnapshot();
        CombinedQuery taking = new CombinedQuery();
        taking.ask(observer.beforeRead());
        Answer<TransactionSnapshot> time =
                taking.ask(TransactionSnapshot.timeOnly(clocks.database()));
        request.takeSnapshot(taking);
        if (before.isPresent()) {
            standby = before.get().standby();
            return before.get();
        }
        if (!time.get().standby()) {
            return time.get();
        }
        // another server than before
        request.session().endSnapshot();
        standby = true;
        return takeSnapshot(request);
    }

    /** What the read that has come to its end could see; ends its transaction. */
    public SnapshotIntegrity coverage(SourceSession session, long poll) throws SQLException {
        boolean query = scan.relation() instanceof Relation.Query;
        return observer.end(
                session, poll, query ? known.revision() : SnapshotIntegrityChecker.ANY_EDITION);
    }

    /** Who has locked what is read, for people. */
    public String lockHolder(SourceSession session) throws SQLException {
        return LockHolder.describe(session, locks);
    }

    /** Below every value, for a place that has to be filled before anything was read. */
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
