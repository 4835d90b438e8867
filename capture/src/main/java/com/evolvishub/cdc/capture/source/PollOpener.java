package com.evolvishub.cdc.capture.source;

import com.evolvishub.cdc.capture.postgres.QueryPlaces;
import com.evolvishub.cdc.capture.postgres.QueryReader;
import com.evolvishub.cdc.capture.postgres.RelationDescription;
import com.evolvishub.cdc.capture.postgres.RelationReader;
import com.evolvishub.cdc.capture.postgres.SnapshotTimes;
import com.evolvishub.cdc.capture.postgres.SourceSession;
import com.evolvishub.cdc.flow.SqlType;
import com.evolvishub.cdc.flow.Target;
import com.evolvishub.cdc.planner.physical.Capture;
import com.evolvishub.cdc.planner.physical.PollQuery.Place;
import com.evolvishub.cdc.planner.physical.PollScan;
import com.evolvishub.cdc.planner.physical.Relation;
import com.evolvishub.cdc.planner.physical.ScanRange;
import com.evolvishub.cdc.planner.physical.ScanSql;
import com.evolvishub.cdc.planner.physical.SqlLiteral;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/**
 * Makes a poll out of where a mapping stands: looks at the source's columns, finds the range, and
 * writes the statement. Used by the polling thread.
 */
final class PollOpener {

    private final PollScan scan;
    private final LayoutFinder layouts;

    PollOpener(PollScan scan) {
        this.scan = scan;
        this.layouts = new LayoutFinder(scan);
    }

    /**
     * What is known before a snapshot is taken.
     *
     * @param key what tells rows apart
     * @param layout columns to ask for
     * @param places of the user's query; nothing where a table is read
     * @param expectedRows the planner's guess for a read of everything; 0 where it was not asked
     */
    record Survey(RowKey key, RowLayout layout, Optional<QueryPlaces> places, long expectedRows) {}

    Survey survey(SourceSession session, WatermarkSplit split, Optional<Target> target)
            throws SQLException {
        Optional<QueryPlaces> places = Optional.empty();
        RelationDescription found;
        if (scan.relation() instanceof Relation.Query query) {
            QueryPlaces typed = QueryPlaces.of(session, query.query());
            found = new QueryReader(session).describe(typed.sample());
            places = Optional.of(typed);
        } else {
            found = new RelationReader(session).describe((Relation.Table) scan.relation());
        }
        RowKey key = split.key().decided() ? split.key() : layouts.key(found, target);
        RowLayout layout = layouts.layout(found, key);
        long expected = split.lastSync().isEmpty() ? expectedRows(session, layout, places) : 0;
        return new Survey(key, layout, places, expected);
    }

    private long expectedRows(SourceSession session, RowLayout layout, Optional<QueryPlaces> places)
            throws SQLException {
        Function<Place, String> sample =
                places.map(typed -> typed.literals(type -> lowest(type)))
                        .orElse(PollOpener::noPlaces);
        return new RelationReader(session).estimatedRows(sql(layout).all(sample));
    }

    private static String noPlaces(Place place) {
        throw new IllegalStateException("a table has no place for " + place);
    }

    private ScanSql sql(RowLayout layout) {
        return new ScanSql(scan.relation(), layout.columns(), layout.key());
    }

    /**
     * Where the poll starts: a read that was broken off goes on, any other begins above the last.
     */
    PollRange range(WatermarkSplit split) {
        if (split.reading()) {
            return split.range();
        }
        boolean first = split.after().isStart();
        if (first && scan.capture() instanceof Capture.ByWatermark by) {
            WatermarkPosition initial =
                    by.initialValue().isEmpty()
                            ? WatermarkPosition.START
                            : WatermarkPosition.at(by.initialValue());
            return new PollRange(initial, WatermarkPosition.START);
        }
        return new PollRange(split.after(), WatermarkPosition.START);
    }

    /** Starts to read; the session must be in a snapshot that has seen no statement yet. */
    Poll open(SourceSession session, Survey survey, WatermarkSplit split, PollRange range)
            throws SQLException {
        if (scan.capture() instanceof Capture.ByWatermark by) {
            return byWatermark(session, survey, by, range);
        }
        Duration lookback =
                scan.capture() instanceof Capture.ByQuery by ? by.lookback() : Duration.ZERO;
        SnapshotTimes times =
                SnapshotTimes.ask(session, session.roleZone(), split.lastSync(), lookback);
        UnaryOperator<String> lastSync = type -> lastSync(type, split, times);
        String select = sql(survey.layout()).all(literals(survey, lastSync));
        return Poll.start(session, survey.layout(), times, select);
    }

    private String lastSync(String type, WatermarkSplit split, SnapshotTimes times) {
        boolean first = split.lastSync().isEmpty();
        if (first && scan.capture() instanceof Capture.ByQuery by) {
            return by.initialValue().isEmpty() ? lowest(type) : by.initialValue();
        }
        return times.since().getOrDefault(type, times.since().get("timestamptz"));
    }

    private Poll byWatermark(
            SourceSession session, Survey survey, Capture.ByWatermark by, PollRange range)
            throws SQLException {
        String zone = by.timezone().isEmpty() ? session.roleZone() : by.timezone();
        SnapshotTimes times = SnapshotTimes.ask(session, zone, "", Duration.ZERO);
        String upTo = times.bounds().getOrDefault(timeType(survey, by), "");
        ScanRange asked =
                new ScanRange(
                        literal(range.lower()),
                        upTo.isEmpty() ? "" : SqlLiteral.quote(upTo),
                        range.resume().values().stream().map(SqlLiteral::quote).toList());
        UnaryOperator<String> lastSync =
                type -> range.lower().isStart() ? lowest(type) : range.lower().values().get(0);
        String select = sql(survey.layout()).range(by.column(), asked, literals(survey, lastSync));
        return Poll.start(session, survey.layout(), times, select);
    }

    private static String literal(WatermarkPosition lower) {
        return lower.isStart() ? "" : SqlLiteral.quote(lower.values().get(0));
    }

    private static Function<Place, String> literals(Survey survey, UnaryOperator<String> lastSync) {
        return survey.places()
                .map(places -> places.literals(lastSync))
                .orElse(PollOpener::noPlaces);
    }

    /** The short name of a watermark's type of time; of others some name that no time has. */
    private static String timeType(Survey survey, Capture.ByWatermark by) {
        SqlType type =
                survey.layout().schema().columns().stream()
                        .filter(column -> column.name().equals(by.column()))
                        .findFirst()
                        .orElseThrow()
                        .type();
        return switch (type.oid()) {
            case 1082 -> "date";
            case 1114 -> "timestamp";
            case 1184 -> "timestamptz";
            default -> "";
        };
    }

    /** Below every value, for a place that has to be filled before anything was read. */
    private static String lowest(String type) {
        return switch (type) {
            case "int2" -> "-32768";
            case "int4" -> "-2147483648";
            case "int8" -> "-9223372036854775808";
            case "numeric" -> "-1e1000";
            case "uuid" -> "00000000-0000-0000-0000-000000000000";
            case "text", "varchar", "bpchar" -> "";
            default -> "-infinity";
        };
    }
}
