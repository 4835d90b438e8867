package com.evolvishub.cdc.source.range;

import com.evolvishub.cdc.planner.sql.SqlLiteral;
import com.evolvishub.cdc.runtime.row.SqlType;
import com.evolvishub.cdc.source.session.CombinedQuery;
import com.evolvishub.cdc.source.session.SourceSession;
import com.evolvishub.cdc.source.transactions.TransactionSnapshot;
import com.evolvishub.cdc.source.watermark.WatermarkScale;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * The watermarks between which a poll reads, computed by the database in the watermark's own type.
 *
 * @param upTo rows above it wait; empty: there is no such bound
 * @param lookbackBound how far back rows may become visible late, whatever is known of
 *     transactions; never below evicted rows
 * @param atRest whether the position is settled: no row can appear at or below the highest
 *     watermark any more
 * @param lowest the lowest candidate: 0 for the position itself, else 1 more than its index in
 *     {@link Question#lowWatermarks}; with its value
 * @param below a value directly below {@code lowest}, for a predicate that selects greater values
 * @param window how far below the highest watermark rows stay in the dedupe state, on the watermark
 *     scale
 * @param lowWatermarks {@link Question#times} as watermarks
 */
public record WatermarkBounds(
        String upTo,
        String lookbackBound,
        boolean atRest,
        Lowest lowest,
        String below,
        long window,
        List<String> lowWatermarks) {

    /** Rows stay this much longer in the dedupe state, for steps of the clock. */
    private static final String CLOCK_STEP = " + interval '60 seconds'";

    /** How long before an hour is repeated in the zone its rows are kept in the dedupe state. */
    private static final String BEFORE_REPEAT = "interval '26 hours'";

    /** How long after the repeated hour its rows are read again. */
    private static final String AFTER_REPEAT = "interval '4 hours'";

    /**
     * The lowest of the candidates.
     *
     * @param candidate see {@link WatermarkBounds#lowest}
     * @param value the watermark
     */
    public record Lowest(int candidate, String value) {}

    /**
     * A watermark from which a poll may have to read.
     *
     * @param value a watermark
     * @param included whether rows at it are read
     */
    public record LowWatermark(String value, boolean included) {}

    /**
     * The input from which the bounds are computed.
     *
     * @param type the watermark's type
     * @param zone the time zone of values without one
     * @param snapshot the transaction snapshot before the read
     * @param high the highest watermark read; empty: none
     * @param readAt the database's time when it was first read
     * @param completeAt the database's time of the last complete poll; empty: there was none
     * @param lookbackMillis look-back of a time
     * @param lookbackValues look-back of a number
     * @param notBelow rows below it were evicted, unless pinned by a low watermark; empty: none
     * @param lowWatermarks lowest values that ended transactions may have written below the
     *     position
     * @param times times to be converted to watermarks, minus the look-back
     */
    public record Question(
            SqlType type,
            String zone,
            TransactionSnapshot snapshot,
            Optional<String> high,
            String readAt,
            String completeAt,
            long lookbackMillis,
            long lookbackValues,
            String notBelow,
            List<LowWatermark> lowWatermarks,
            List<String> times) {
        public Question {
            Objects.requireNonNull(type, "type");
            lowWatermarks = List.copyOf(lowWatermarks);
            times = List.copyOf(times);
        }

        /** The same question, as if rows could still appear below the position. */
        public Question unsettled() {
            return new Question(
                    type,
                    zone,
                    snapshot,
                    high,
                    readAt,
                    "",
                    lookbackMillis,
                    lookbackValues,
                    notBelow,
                    lowWatermarks,
                    times);
        }
    }

    /** Queries the bounds. */
    public static WatermarkBounds ask(SourceSession session, Question question)
            throws SQLException {
        CombinedQuery statement = new CombinedQuery();
        CombinedQuery.Answer<WatermarkBounds> bounds = statement.ask(of(question));
        statement.send(session);
        return bounds.get();
    }

    /** The same, combined with other queries. */
    public static CombinedQuery.Question<WatermarkBounds> of(Question question) {
        Expressions sql = Expressions.of(question);
        List<String> columns = new ArrayList<>();
        columns.add(sql.upTo() + "::text");
        columns.add(sql.limited(sql.lookbackBound()) + "::text");
        columns.add("coalesce(" + sql.atRest() + ", false)");
        columns.add("low.candidate");
        columns.add("low.value::text");
        columns.add(sql.below("low.value") + "::text");
        columns.add("(" + sql.window() + ")::bigint");
        for (String time : question.times()) {
            columns.add(sql.lowWatermark(time) + "::text");
        }
        String text =
                "SELECT %s FROM (SELECT %s::timestamptz AS now, %s AS high) p, LATERAL (%s) low"
                        .formatted(
                                String.join(", ", columns),
                                SqlLiteral.quote(question.snapshot().text()),
                                sql.high(),
                                sql.candidates());
        return new CombinedQuery.Question<>(
                text, columns.size(), (row, firstColumn) -> read(row, firstColumn, question));
    }

    private static WatermarkBounds read(ResultSet row, int firstColumn, Question question)
            throws SQLException {
        List<String> lowWatermarks = new ArrayList<>();
        for (int i = 0; i < question.times().size(); i++) {
            lowWatermarks.add(text(row, firstColumn + 8 + i));
        }
        return new WatermarkBounds(
                text(row, firstColumn + 1),
                text(row, firstColumn + 2),
                row.getBoolean(firstColumn + 3),
                new Lowest(row.getInt(firstColumn + 4), text(row, firstColumn + 5)),
                text(row, firstColumn + 6),
                row.getLong(firstColumn + 7),
                lowWatermarks);
    }

    private static String text(ResultSet row, int column) throws SQLException {
        String text = row.getString(column);
        return text == null ? "" : text;
    }

    /** The SQL expressions of the statement, for the type. */
    private record Expressions(Question question, WatermarkScale scale, String type, String zone) {

        static Expressions of(Question question) {
            String type =
                    switch (question.type().oid()) {
                        case 1184 -> "timestamptz";
                        case 1114 -> "timestamp";
                        case 1082 -> "date";
                        default -> question.type().name();
                    };
            return new Expressions(
                    question,
                    WatermarkScale.of(question.type()),
                    type,
                    SqlLiteral.quote(question.zone()));
        }

        private String typed(String value) {
            return SqlLiteral.quote(value) + "::" + type;
        }

        String high() {
            return question.high().map(this::typed).orElse("NULL::" + type);
        }

        private String lookback() {
            return millis(question.lookbackMillis());
        }

        private static String millis(long millis) {
            return "interval '" + millis + " milliseconds'";
        }

        private String localNow() {
            return "(p.now AT TIME ZONE " + zone + ")";
        }

        private String offset(String time) {
            return "((%1$s) AT TIME ZONE %2$s - (%1$s) AT TIME ZONE 'UTC')".formatted(time, zone);
        }

        /** How far the zone's local time has gone back between two times, or 0. */
        private String zoneShiftBack(String from, String to) {
            return "greatest(%s - %s, interval '0')".formatted(offset(from), offset(to));
        }

        private boolean isZoned() {
            return type.equals("timestamptz");
        }

        String upTo() {
            return switch (scale) {
                case TIME -> isZoned() ? "p.now" : localNow();
                case DATE -> localNow() + "::date";
                case NUMBER, NONE -> "NULL";
            };
        }

        String lookbackBound() {
            return switch (scale) {
                case TIME ->
                        isZoned()
                                ? earlier("p.high", lookback())
                                : earlier("p.high", lookback() + " - " + repeatedHour());
                case DATE -> "least(p.high, (" + localNow() + " - " + lookback() + ")::date)";
                case NUMBER -> lower("p.high", question.lookbackValues());
                case NONE -> "p.high";
            };
        }

        /** The repeated hour, if the position may lie in it. */
        private String repeatedHour() {
            return "CASE WHEN p.high > %s - interval '5 hours' THEN %s ELSE interval '0' END"
                    .formatted(localNow(), zoneShiftBack("p.now - " + AFTER_REPEAT, "p.now"));
        }

        /** Subtracts a distance; values near the lowest time become -infinity. */
        private String earlier(String time, String distance) {
            return "CASE WHEN %1$s > '4000-01-01 BC'::%2$s THEN %1$s - %3$s ELSE '-infinity'::%2$s END"
                    .formatted(time, type, distance);
        }

        private String lower(String number, long distance) {
            return switch (question.type().oid()) {
                case 21 -> "greatest(%s::numeric - %d, -32768)::int2".formatted(number, distance);
                case 23 ->
                        "greatest(%s::numeric - %d, -2147483648)::int4".formatted(number, distance);
                case 20 ->
                        "greatest(%s::numeric - %d, -9223372036854775808)::int8"
                                .formatted(number, distance);
                case 5069 ->
                        "greatest(%s::text::numeric - %d, 0)::text::xid8"
                                .formatted(number, distance);
                default -> "(%s - %d)".formatted(number, distance);
            };
        }

        String below(String value) {
            return switch (scale) {
                case TIME -> "(" + value + " - interval '1 microsecond')";
                case DATE -> "(" + value + " - 1)";
                case NUMBER -> lower(value, 1);
                case NONE -> value;
            };
        }

        String atRest() {
            if (question.high().isEmpty() || question.completeAt().isEmpty()) {
                return "false";
            }
            String readAt = SqlLiteral.quote(question.readAt()) + "::timestamptz";
            String precision = "interval '" + precisionMicros() + " microseconds'";
            String end =
                    switch (scale) {
                        case TIME ->
                                isZoned()
                                        ? "p.high + " + precision
                                        : "(p.high + %s) AT TIME ZONE %s"
                                                .formatted(precision, zone);
                        case DATE -> "(p.high + 1)::timestamp AT TIME ZONE " + zone;
                        case NUMBER, NONE -> readAt;
                    };
            return "%s::timestamptz >= greatest(%s, %s) + %s"
                    .formatted(
                            SqlLiteral.quote(question.completeAt()),
                            readAt,
                            end,
                            millis(question.lookbackMillis()));
        }

        /** The precision of a value in microseconds: a second for {@code timestamp(0)}. */
        private long precisionMicros() {
            return WatermarkScale.typePrecision(question.type());
        }

        String candidates() {
            String base =
                    "CASE WHEN coalesce(%s, false) THEN p.high ELSE %s END"
                            .formatted(atRest(), lookbackBound());
            StringBuilder union =
                    new StringBuilder("SELECT c.candidate, c.value FROM (SELECT 0 AS candidate, ")
                            .append(limited(base))
                            .append(" AS value, NOT coalesce(")
                            .append(atRest())
                            .append(", false) AS included");
            for (int i = 0; i < question.lowWatermarks().size(); i++) {
                LowWatermark lowWatermark = question.lowWatermarks().get(i);
                union.append(" UNION ALL SELECT ")
                        .append(i + 1)
                        .append(", ")
                        .append(typed(lowWatermark.value()))
                        .append(", ")
                        .append(lowWatermark.included());
            }
            return union.append(") c ORDER BY c.value, c.included DESC LIMIT 1").toString();
        }

        /**
         * Limits a value to the bound below which rows were evicted. Low watermarks need no such
         * limit: rows above them stay in the dedupe state while they are pinned.
         */
        String limited(String value) {
            // a type without distances has no look-back, and its order may differ from this one
            return question.notBelow().isEmpty() || scale == WatermarkScale.NONE
                    ? value
                    : "greatest(" + value + ", " + typed(question.notBelow()) + ")";
        }

        String window() {
            return switch (scale) {
                case TIME ->
                        isZoned()
                                ? micros(lookback() + CLOCK_STEP)
                                : micros(
                                        lookback()
                                                + CLOCK_STEP
                                                + " + "
                                                + zoneShiftBack(
                                                        "p.now - " + AFTER_REPEAT,
                                                        "p.now + " + BEFORE_REPEAT));
                case DATE -> micros(lookback() + CLOCK_STEP + " + interval '1 day'");
                case NUMBER -> Long.toString(question.lookbackValues());
                case NONE -> "0";
            };
        }

        private static String micros(String interval) {
            return "extract(epoch FROM " + interval + ") * 1000000";
        }

        String lowWatermark(String time) {
            String timestamp = SqlLiteral.quote(time) + "::timestamptz";
            // the watermark may be rounded down to before this time
            String precision = " - interval '" + precisionMicros() + " microseconds'";
            return switch (scale) {
                case TIME ->
                        isZoned()
                                ? "(" + timestamp + " - " + lookback() + precision + ")"
                                : "(%s AT TIME ZONE %s - %s - %s%s)"
                                        .formatted(
                                                timestamp,
                                                zone,
                                                lookback(),
                                                zoneShiftBack("p.now - " + AFTER_REPEAT, "p.now"),
                                                precision);
                case DATE ->
                        "(%s AT TIME ZONE %s - %s)::date".formatted(timestamp, zone, lookback());
                case NUMBER, NONE -> "NULL";
            };
        }
    }
}
