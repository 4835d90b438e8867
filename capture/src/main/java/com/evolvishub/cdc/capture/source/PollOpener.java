package com.evolvishub.cdc.capture.source;

import com.evolvishub.cdc.capture.postgres.LockHolder;
import com.evolvishub.cdc.capture.postgres.Look;
import com.evolvishub.cdc.capture.postgres.QueryPlaces;
import com.evolvishub.cdc.capture.postgres.ReadObserver;
import com.evolvishub.cdc.capture.postgres.RelationDescription;
import com.evolvishub.cdc.capture.postgres.RelationLocks;
import com.evolvishub.cdc.capture.postgres.SnapshotStatement;
import com.evolvishub.cdc.capture.postgres.SnapshotStatement.Answer;
import com.evolvishub.cdc.capture.postgres.SourceException;
import com.evolvishub.cdc.capture.postgres.SourceSession;
import com.evolvishub.cdc.capture.source.Opening.Request;
import com.evolvishub.cdc.capture.source.Opening.Waiting;
import com.evolvishub.cdc.capture.source.Pause.WokenUpException;
import com.evolvishub.cdc.flow.KeyLookups;
import com.evolvishub.cdc.flow.LaneStatus;
import com.evolvishub.cdc.flow.ReadCoverage;
import com.evolvishub.cdc.flow.Target;
import com.evolvishub.cdc.planner.physical.Capture;
import com.evolvishub.cdc.planner.physical.PollQuery.Place;
import com.evolvishub.cdc.planner.physical.PollScan;
import com.evolvishub.cdc.planner.physical.Relation;
import com.evolvishub.cdc.planner.physical.ScanSql;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/**
 * Makes a poll out of where a mapping stands: looks at the source's columns, finds the range, and
 * writes the statement. Used by the polling thread.
 */
final class PollOpener {

    /** DDL comes once, not at every poll. */
    private static final int TRIES = 3;

    private final PollScan scan;
    private final LayoutFinder layouts;
    private final KeptKey kept;
    private final ColumnNews columns;
    private final KnownRelation known;
    private final LaneStatus status;
    private final FloorWatch watch;
    private final ReadRelations reads;
    private final Clocks clocks;
    private final RelationLocks locks;
    private final ReadObserver observer;
    private final ClockStep step;
    private final RestedNumbers rested;
    private final KeyLookups lookups;

    /** Whether it may be one: then a look has to stand before the snapshot. */
    private boolean standby = true;

    PollOpener(
            String mapping,
            PollScan scan,
            LaneStatus status,
            Clocks clocks,
            Repeats repeats,
            KeyLookups lookups) {
        this.scan = scan;
        this.layouts = new LayoutFinder(scan);
        this.kept = new KeptKey(mapping, scan);
        this.columns = new ColumnNews(mapping, scan.capture(), status);
        this.known = new KnownRelation(scan.relation());
        this.status = status;
        this.watch = new FloorWatch(mapping, status);
        this.reads = new ReadRelations(scan.relation(), clocks.wall());
        this.clocks = clocks;
        this.locks = new RelationLocks(scan.relation());
        this.observer = new ReadObserver(scan.relation(), locks);
        this.step = new ClockStep(mapping, repeats);
        this.rested = new RestedNumbers(clocks.wall());
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
    record Survey(
            RelationDescription found,
            RowKey key,
            RowLayout layout,
            Optional<QueryPlaces> places,
            long expectedRows) {

        ScanSql sql(Relation relation) {
            ScanSql plain = new ScanSql(relation, layout.columns(), layout.key());
            return layout.largeRows().guarded(plain);
        }

        Function<Place, String> literals(UnaryOperator<String> lastSync) {
            return places.map(typed -> typed.literals(lastSync)).orElse(PollOpener::noPlaces);
        }
    }

    Survey survey(SourceSession session, WatermarkSplit split, Optional<Target> target)
            throws SQLException {
        try {
            return surveyed(session, split, target);
        } catch (SQLException | RuntimeException failure) {
            known.forget();
            throw failure;
        }
    }

    private Survey surveyed(SourceSession session, WatermarkSplit split, Optional<Target> target)
            throws SQLException {
        RelationDescription described = known.describe(session);
        Optional<QueryPlaces> places = known.places();
        RelationDescription found =
                layouts.allowed(described, split.origin().columns(), scan.schemaChange());
        RowKey key = split.key().decided() ? split.key() : layouts.key(found, target);
        if (split.key().decided()) {
            kept.check(session, key, found);
        }
        RowLayout layout = layouts.layout(found, key);
        Survey survey = new Survey(found, key, layout, places, 0);
        if (!(scan.capture() instanceof Capture.ByDiff)) {
            reads.look(
                    session, survey.sql(scan.relation()).all(survey.literals(PollOpener::lowest)));
        }
        if (!split.lastSync().isEmpty()) {
            return survey;
        }
        String all = survey.sql(scan.relation()).all(survey.literals(PollOpener::lowest));
        long expected = locks.estimatedRows(session, all);
        return new Survey(found, key, layout, places, expected);
    }

    private static String noPlaces(Place place) {
        throw new IllegalStateException("a table has no place for " + place);
    }

    /**
     * Takes a snapshot and starts to read.
     *
     * @param surveyed a moment ago; surveyed anew if the source has changed since
     */
    Opening open(
            SourceSession session,
            Survey surveyed,
            WatermarkSplit split,
            Optional<Target> target,
            Waiting waiting)
            throws SQLException, WokenUpException {
        Survey survey = surveyed;
        for (int tried = 1; ; tried++) {
            try {
                Opening opening = open(session, survey, split, waiting);
                columns.tell(split.origin().columns(), survey);
                return opening;
            } catch (ChangedRelationException changed) {
                session.endSnapshot();
                locks.forgetQuery();
                if (tried == TRIES) {
                    throw SourceException.passing(changed.getMessage(), changed);
                }
                survey = survey(session, split, target);
            } catch (SQLException | RuntimeException failure) {
                known.forget();
                throw failure;
            }
        }
    }

    private Opening open(
            SourceSession session, Survey survey, WatermarkSplit split, Waiting waiting)
            throws SQLException, WokenUpException, ChangedRelationException {
        WatermarkSplit here =
                split.in(split.origin().withColumns(LayoutFinder.signature(survey.found())));
        locks.explain(
                session, survey.sql(scan.relation()).all(survey.literals(PollOpener::lowest)));
        Request request =
                new Request(session, known, locks, survey.found(), survey, here, clocks.database());
        if (scan.capture() instanceof Capture.ByWatermark by) {
            Capture.ByWatermark far =
                    GranuleSample.widened(by.over(reads.commitElsewhere()), here.time().granule());
            return new WatermarkOpener(
                            scan,
                            far,
                            reads.refresh(session, here),
                            watch,
                            clocks,
                            step,
                            rested,
                            lookups.wanted())
                    .open(request, status, waiting);
        }
        if (scan.capture() instanceof Capture.ByQuery by) {
            Capture.ByQuery far = by.over(reads.commitElsewhere());
            return new QueryOpener(
                            scan, far, reads.refresh(session, here), watch, observer, clocks, step)
                    .open(request);
        }
        Look look = takeSnapshot(request);
        String select = survey.sql(scan.relation()).all(survey.literals(PollOpener::lowest));
        return new Opening(
                Poll.start(session, survey.layout(), look, select),
                here.started(survey.key(), PollRange.ALL, here.looks(), here.reach()),
                List.of(),
                here.asideAt());
    }

    /** Takes a comparison's snapshot; tells a time that is no later. */
    private Look takeSnapshot(Request request) throws SQLException, ChangedRelationException {
        Optional<Look> before = standby ? Optional.of(request.look()) : Optional.empty();
        request.beginSnapshot();
        SnapshotStatement taking = new SnapshotStatement();
        taking.ask(observer.beforeRead());
        Answer<Look> time = taking.ask(Look.timeOnly(clocks.database()));
        request.takeSnapshot(taking);
        if (before.isPresent()) {
            standby = before.get().replica();
            return before.get();
        }
        if (!time.get().replica()) {
            return time.get();
        }
        // another server than before
        request.session().endSnapshot();
        standby = true;
        return takeSnapshot(request);
    }

    /** What the read that has come to its end could see; ends its transaction. */
    ReadCoverage coverage(SourceSession session, long poll) throws SQLException {
        boolean query = scan.relation() instanceof Relation.Query;
        return observer.end(session, poll, query ? known.edition() : ReadObserver.ANY_EDITION);
    }

    /** Who has locked what is read, for people. */
    String lockHolder(SourceSession session) throws SQLException {
        return LockHolder.describe(session, locks);
    }

    /** Below every value, for a place that has to be filled before anything was read. */
    static String lowest(String type) {
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
