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
 * Between which watermarks a poll reads: worked out by the database, in the watermark's own type.
 *
 * @param upTo what lies above it waits; empty: there is no such bound
 * @param reach how far back rows may have become visible late, whatever is known of transactions;
 *     not below what was forgotten
 * @param atRest whether nothing can come at or below the highest watermark any more
 * @param lowest which of the candidates is the lowest: 0 for the position itself, else 1 more than
 *     its place in {@link Question#lowWatermarks}; with its value
 * @param below a value below {@code lowest} that lies above all that is lower, for a predicate that
 *     asks for more than it
 * @param window how far behind the highest watermark rows have to be remembered, on the watermark's
 *     scale
 * @param floors {@link Question#times} as watermarks
 */
public record WatermarkBounds(
        String upTo,
        String lookbackBound,
        boolean atRest,
        Lowest lowest,
        String below,
        long window,
        List<String> lowWatermarks) {

    /** How much longer rows are remembered, so that a clock may go back so far. */
    private static final String STEP = " + interval '60 seconds'";

    /** How long before a zone repeats an hour that hour's rows begin to be remembered. */
    private static final String AHEAD = "interval '26 hours'";

    /** How long after it they are read again. */
    private static final String BEHIND = "interval '4 hours'";

    /**
     * The lowest of the candidates.
     *
     * @param candidate see {@link WatermarkBounds#lowest}
     * @param value the watermark
     */
    public record Lowest(int candidate, String value) {}

    /**
     * Where a poll may have to begin.
     *
     * @param value a watermark
     * @param included whether rows at it count
     */
    public record LowWatermark(String value, boolean included) {}

    /**
     * What the bounds depend on.
     *
     * @param type the watermark's
     * @param zone the zone that values without one are meant in
     * @param look the look before the read
     * @param high the highest watermark read; nothing: none was
     * @param readAt the database's time when it was first read
     * @param completeAt the database's time at the last complete poll; empty: there was none
     * @param lookbackMillis how far back to look, for times
     * @param lookbackValues the same for numbers
     * @param kept rows below it were forgotten, unless a floor kept them; empty: none were
     * @param floors what ended transactions may have written below the position
     * @param times moments to be told as watermarks, less the look-back
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

        /** The same, as if more rows might come below the position. */
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

    /** Asks. */
    public static WatermarkBounds ask(SourceSession session, Question question)
            throws SQLException {
        CombinedQuery statement = new CombinedQuery();
        CombinedQuery.Answer<WatermarkBounds> bounds = statement.ask(of(question));
        statement.send(session);
        return bounds.get();
    }

    /** The same, together with other questions. */
    public static CombinedQuery.Question<WatermarkBounds> of(Question question) {
        Expressions sql = Expressions.of(question);
        List<String> columns = new ArrayList<>();
        columns.add(sql.upTo() + "::text");
        columns.add(sql.kept(sql.reach()) + "::text");
        columns.add("coalesce(" + sql.atRest() + ", false)");
        columns.add("low.candidate");
        columns.add("low.value::text");
        columns.add(sql.below("low.value") + "::text");
        columns.add("(" + sql.window() + ")::bigint");
        for (String time : question.times()) {
            columns.add(sql.floor(time) + "::text");
        }
        String text =
                "SELECT %s FROM (SELECT %s::timestamptz AS now, %s AS high) p, LATERAL (%s) low"
                        .formatted(
                                String.join(", ", columns),
                                SqlLiteral.quote(question.snapshot().text()),
                                sql.high(),
                                sql.candidates());
        return new CombinedQuery.Question<>(
                text, columns.size(), (found, before) -> read(found, before, question));
    }

    private static WatermarkBounds read(ResultSet found, int before, Question question)
            throws SQLException {
        List<String> floors = new ArrayList<>();
        for (int i = 0; i < question.times().size(); i++) {
            floors.add(text(found, before + 8 + i));
        }
        return new WatermarkBounds(
                text(found, before + 1),
                text(found, before + 2),
                found.getBoolean(before + 3),
                new Lowest(found.getInt(before + 4), text(found, before + 5)),
                text(found, before + 6),
                found.getLong(before + 7),
                floors);
    }

    private static String text(ResultSet found, int column) throws SQLException {
        String text = found.getString(column);
        return text == null ? "" : text;
    }

    /** The pieces of the statement, as the type asks for them. */
    private record Expressions(Question asked, WatermarkScale scale, String type, String zone) {

        static Expressions of(Question asked) {
            String type =
                    switch (asked.type().oid()) {
                        case 1184 -> "timestamptz";
                        case 1114 -> "timestamp";
                        case 1082 -> "date";
                        default -> asked.type().name();
                    };
            return new Expressions(
                    asked, WatermarkScale.of(asked.type()), type, SqlLiteral.quote(asked.zone()));
        }

        private String typed(String value) {
            return SqlLiteral.quote(value) + "::" + type;
        }

        String high() {
            return asked.high().map(this::typed).orElse("NULL::" + type);
        }

        private String lookback() {
            return millis(asked.lookbackMillis());
        }

        private static String millis(long millis) {
            return "interval '" + millis + " milliseconds'";
        }

        private String local() {
            return "(p.now AT TIME ZONE " + zone + ")";
        }

        private String offset(String time) {
            return "((%1$s) AT TIME ZONE %2$s - (%1$s) AT TIME ZONE 'UTC')".formatted(time, zone);
        }

        /** By how much clocks of the zone have gone back between two times; not at all: 0. */
        private String wentBack(String from, String to) {
            return "greatest(%s - %s, interval '0')".formatted(offset(from), offset(to));
        }

        private boolean isZoned() {
            return type.equals("timestamptz");
        }

        String upTo() {
            return switch (scale) {
                case TIME -> isZoned() ? "p.now" : local();
                case DATE -> local() + "::date";
                case NUMBER, NONE -> "NULL";
            };
        }

        String reach() {
            return switch (scale) {
                case TIME ->
                        isZoned()
                                ? earlier("p.high", lookback())
                                : earlier("p.high", lookback() + " - " + repeated());
                case DATE -> "least(p.high, (" + local() + " - " + lookback() + ")::date)";
                case NUMBER -> lower("p.high", asked.lookbackValues());
                case NONE -> "p.high";
            };
        }

        /** The hour that clocks have just shown twice, if the position may lie in it. */
        private String repeated() {
            return "CASE WHEN p.high > %s - interval '5 hours' THEN %s ELSE interval '0' END"
                    .formatted(local(), wentBack("p.now - " + BEHIND, "p.now"));
        }

        /** A time before which there may be none at all. */
        private String earlier(String time, String distance) {
            return "CASE WHEN %1$s > '4000-01-01 BC'::%2$s THEN %1$s - %3$s ELSE '-infinity'::%2$s END"
                    .formatted(time, type, distance);
        }

        private String lower(String number, long distance) {
            return switch (asked.type().oid()) {
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
            if (asked.high().isEmpty() || asked.completeAt().isEmpty()) {
                return "false";
            }
            String readAt = SqlLiteral.quote(asked.readAt()) + "::timestamptz";
            String granule = "interval '" + granuleMicros() + " microseconds'";
            String end =
                    switch (scale) {
                        case TIME ->
                                isZoned()
                                        ? "p.high + " + granule
                                        : "(p.high + %s) AT TIME ZONE %s".formatted(granule, zone);
                        case DATE -> "(p.high + 1)::timestamp AT TIME ZONE " + zone;
                        case NUMBER, NONE -> readAt;
                    };
            return "%s::timestamptz >= greatest(%s, %s) + %s"
                    .formatted(
                            SqlLiteral.quote(asked.completeAt()),
                            readAt,
                            end,
                            millis(asked.lookbackMillis()));
        }

        /** What a value stands for: {@code timestamp(0)} for a second. */
        private long granuleMicros() {
            return WatermarkScale.typePrecision(asked.type());
        }

        String candidates() {
            String base =
                    "CASE WHEN coalesce(%s, false) THEN p.high ELSE %s END"
                            .formatted(atRest(), reach());
            StringBuilder union =
                    new StringBuilder("SELECT c.candidate, c.value FROM (SELECT 0 AS candidate, ")
                            .append(kept(base))
                            .append(" AS value, NOT coalesce(")
                            .append(atRest())
                            .append(", false) AS included");
            for (int i = 0; i < asked.lowWatermarks().size(); i++) {
                LowWatermark floor = asked.lowWatermarks().get(i);
                union.append(" UNION ALL SELECT ")
                        .append(i + 1)
                        .append(", ")
                        .append(typed(floor.value()))
                        .append(", ")
                        .append(floor.included());
            }
            return union.append(") c ORDER BY c.value, c.included DESC LIMIT 1").toString();
        }

        /**
         * Not below what was forgotten. A floor needs no such limit: what lies above it was
         * remembered for as long as it was pinned.
         */
        String kept(String value) {
            // what has no distances reaches back to the position alone, and has other orders than
            // this
            return asked.notBelow().isEmpty() || scale == WatermarkScale.NONE
                    ? value
                    : "greatest(" + value + ", " + typed(asked.notBelow()) + ")";
        }

        String window() {
            return switch (scale) {
                case TIME ->
                        isZoned()
                                ? micros(lookback() + STEP)
                                : micros(
                                        lookback()
                                                + STEP
                                                + " + "
                                                + wentBack(
                                                        "p.now - " + BEHIND, "p.now + " + AHEAD));
                case DATE -> micros(lookback() + STEP + " + interval '1 day'");
                case NUMBER -> Long.toString(asked.lookbackValues());
                case NONE -> "0";
            };
        }

        private static String micros(String interval) {
            return "extract(epoch FROM " + interval + ") * 1000000";
        }

        String floor(String time) {
            String moment = SqlLiteral.quote(time) + "::timestamptz";
            // what a moment was rounded to may lie before it
            String granule = " - interval '" + granuleMicros() + " microseconds'";
            return switch (scale) {
                case TIME ->
                        isZoned()
                                ? "(" + moment + " - " + lookback() + granule + ")"
                                : "(%s AT TIME ZONE %s - %s - %s%s)"
                                        .formatted(
                                                moment,
                                                zone,
                                                lookback(),
                                                wentBack("p.now - " + BEHIND, "p.now"),
                                                granule);
                case DATE -> "(%s AT TIME ZONE %s - %s)::date".formatted(moment, zone, lookback());
                case NUMBER, NONE -> "NULL";
            };
        }
    }
}
