package com.evolvishub.cdc.source.range;

import static org.assertj.core.api.Assertions.assertThat;

import com.evolvishub.cdc.runtime.row.SqlType;
import com.evolvishub.cdc.source.PipelineBuilder;
import com.evolvishub.cdc.source.range.WatermarkBounds.LowWatermark;
import com.evolvishub.cdc.source.range.WatermarkBounds.Lowest;
import com.evolvishub.cdc.source.range.WatermarkBounds.Question;
import com.evolvishub.cdc.source.session.SourceSession;
import com.evolvishub.cdc.source.transactions.TransactionSnapshot;
import com.evolvishub.cdc.testing.postgres.Database;
import com.evolvishub.cdc.testing.postgres.FreshDatabase;
import com.evolvishub.cdc.testing.postgres.PostgresServer;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class WatermarkBoundsITCase {

    @RegisterExtension static final PostgresServer POSTGRES = PostgresServer.shared();

    private static final SqlType ZONED = new SqlType(1184, "timestamp with time zone", 'b', 'D');
    private static final SqlType LOCAL = new SqlType(1114, "timestamp without time zone", 'b', 'D');
    private static final SqlType DATE = new SqlType(1082, "date", 'b', 'D');

    private static WatermarkBounds ask(Database source, Question question) throws SQLException {
        try (SourceSession session =
                SourceSession.open(PipelineBuilder.connection(source), "test")) {
            return WatermarkBounds.ask(session, question);
        }
    }

    /** A lookback of ten seconds or ten values, queried at a time with an offset. */
    private static Question question(
            SqlType type, String zone, String now, String high, String readAt, String completeAt) {
        return new Question(
                type,
                zone,
                new TransactionSnapshot(Instant.EPOCH, now, false, List.of()),
                Optional.of(high),
                readAt,
                completeAt,
                10_000,
                10,
                "",
                List.of(),
                List.of());
    }

    private static Question with(
            Question question, List<LowWatermark> lowWatermarks, List<String> times) {
        return new Question(
                question.type(),
                question.zone(),
                question.snapshot(),
                question.high(),
                question.readAt(),
                question.completeAt(),
                question.lookbackMillis(),
                question.lookbackValues(),
                question.notBelow(),
                lowWatermarks,
                times);
    }

    @Test
    void looksBackUntilThePositionIsSettled(@FreshDatabase Database source) throws Exception {
        String high = "2024-05-01 12:00:00.000001+00";
        String readAt = "2024-05-01 12:00:01+00";
        WatermarkBounds early =
                ask(source, question(ZONED, "UTC", "2024-05-01 12:00:05+00", high, readAt, readAt));
        WatermarkBounds late =
                ask(
                        source,
                        question(
                                ZONED,
                                "UTC",
                                "2024-05-01 12:00:12+00",
                                high,
                                readAt,
                                "2024-05-01 12:00:11+00"));

        assertThat(early.atRest()).isFalse();
        assertThat(early.upTo()).isEqualTo("2024-05-01 12:00:05+00");
        assertThat(early.lowest()).isEqualTo(new Lowest(0, "2024-05-01 11:59:50.000001+00"));
        assertThat(early.below()).isEqualTo("2024-05-01 11:59:50+00");
        assertThat(early.window()).isEqualTo(70_000_000);
        assertThat(late.atRest()).isTrue();
        assertThat(late.lowest()).isEqualTo(new Lowest(0, high));
    }

    @Test
    void aDayIsNotSettledBeforeItEnds(@FreshDatabase Database source) throws Exception {
        WatermarkBounds noon =
                ask(
                        source,
                        question(
                                DATE,
                                "Europe/Berlin",
                                "2024-05-01 12:00:00+00",
                                "2024-05-01",
                                "2024-05-01 01:00:00+00",
                                "2024-05-01 11:59:00+00"));
        WatermarkBounds afterMidnight =
                ask(
                        source,
                        question(
                                DATE,
                                "Europe/Berlin",
                                "2024-05-01 22:00:05+00",
                                "2024-05-02",
                                "2024-05-01 22:00:01+00",
                                "2024-05-01 22:00:04+00"));

        assertThat(noon.atRest()).isFalse();
        assertThat(noon.lowest().value()).isEqualTo("2024-05-01");
        assertThat(noon.below()).isEqualTo("2024-04-30");
        // within the lookback, rows of yesterday may still appear
        assertThat(afterMidnight.lowest().value()).isEqualTo("2024-05-01");
        assertThat(afterMidnight.upTo()).isEqualTo("2024-05-02");
    }

    @Test
    void aSecondIsNotSettledBeforeItEnds(@FreshDatabase Database source) throws Exception {
        SqlType seconds = new SqlType(1114, "timestamp(0) without time zone", 'b', 'D');
        String readAt = "2024-05-01 12:00:00.1+00";

        assertThat(
                        ask(
                                        source,
                                        question(
                                                seconds,
                                                "UTC",
                                                "2024-05-01 12:00:11+00",
                                                "2024-05-01 12:00:00",
                                                readAt,
                                                "2024-05-01 12:00:10.5+00"))
                                .atRest())
                .isFalse();
        assertThat(
                        ask(
                                        source,
                                        question(
                                                seconds,
                                                "UTC",
                                                "2024-05-01 12:00:12+00",
                                                "2024-05-01 12:00:00",
                                                readAt,
                                                "2024-05-01 12:00:11+00"))
                                .atRest())
                .isTrue();
    }

    @Test
    void looksBackOverTheHourThatAZoneRepeats(@FreshDatabase Database source) throws Exception {
        // in Berlin the clocks changed from 03:00 back to 02:00 on 2024-10-27 at 01:00 UTC
        WatermarkBounds before = berlin(source, "2024-10-27 00:59:59+00", "2024-10-27 02:59:50");
        WatermarkBounds after = berlin(source, "2024-10-27 01:00:05+00", "2024-10-27 02:59:59");
        WatermarkBounds nextDay = berlin(source, "2024-10-28 12:00:00+00", "2024-10-28 12:59:59");
        WatermarkBounds spring = berlin(source, "2024-03-31 01:00:05+00", "2024-03-31 01:59:59");

        assertThat(before.lookbackBound()).isEqualTo("2024-10-27 02:59:40");
        // the dedupe window grows before the hour is read again
        assertThat(before.window()).isEqualTo(3_670_000_000L);
        assertThat(after.upTo()).isEqualTo("2024-10-27 02:00:05");
        assertThat(after.lookbackBound()).isEqualTo("2024-10-27 01:59:49");
        assertThat(nextDay.lookbackBound()).isEqualTo("2024-10-28 12:59:49");
        assertThat(nextDay.window()).isEqualTo(70_000_000);
        assertThat(spring.lookbackBound()).isEqualTo("2024-03-31 01:59:49");
        assertThat(spring.upTo()).isEqualTo("2024-03-31 03:00:05");
    }

    private static WatermarkBounds berlin(Database source, String now, String high)
            throws SQLException {
        return ask(source, question(LOCAL, "Europe/Berlin", now, high, now, now));
    }

    @Test
    void startsAtTheLowestLowWatermarkOfEndedTransactions(@FreshDatabase Database source)
            throws Exception {
        Question question =
                question(
                        ZONED,
                        "UTC",
                        "2024-05-01 13:00:00+00",
                        "2024-05-01 12:00:00+00",
                        "2024-05-01 12:00:00+00",
                        "2024-05-01 12:59:59+00");
        WatermarkBounds bounds =
                ask(
                        source,
                        with(
                                question,
                                List.of(
                                        new LowWatermark("2024-05-01 11:30:00+00", true),
                                        new LowWatermark("2024-05-01 11:00:00+00", false),
                                        new LowWatermark("2024-05-01 11:00:00+00", true)),
                                List.of("2024-05-01 10:00:00+00")));

        assertThat(bounds.atRest()).isTrue();
        assertThat(bounds.lowest()).isEqualTo(new Lowest(3, "2024-05-01 11:00:00+00"));
        assertThat(bounds.lowWatermarks()).containsExactly("2024-05-01 09:59:50+00");
    }

    @Test
    void doesNotReadBelowEvictedRows(@FreshDatabase Database source) throws Exception {
        Question question =
                question(
                        ZONED,
                        "UTC",
                        "2024-05-01 12:00:05+00",
                        "2024-05-01 12:00:00+00",
                        "2024-05-01 12:00:01+00",
                        "");
        Question bounded =
                new Question(
                        question.type(),
                        question.zone(),
                        question.snapshot(),
                        question.high(),
                        question.readAt(),
                        question.completeAt(),
                        600_000,
                        10,
                        "2024-05-01 11:59:50+00",
                        List.of(),
                        List.of());

        assertThat(ask(source, bounded).lowest().value()).isEqualTo("2024-05-01 11:59:50+00");
    }

    @Test
    void staysWithinTheRangeOfANumberType(@FreshDatabase Database source) throws Exception {
        assertThat(number(source, 21, "smallint", "-32765").lookbackBound()).isEqualTo("-32768");
        assertThat(number(source, 23, "integer", "5").lookbackBound()).isEqualTo("-5");
        assertThat(number(source, 20, "bigint", "9223372036854775807").lookbackBound())
                .isEqualTo("9223372036854775797");
        assertThat(number(source, 1700, "numeric", "12.50").lookbackBound()).isEqualTo("2.50");
        assertThat(number(source, 5069, "xid8", "3").lookbackBound()).isEqualTo("0");
        assertThat(number(source, 20, "bigint", "7").window()).isEqualTo(10);
    }

    private static WatermarkBounds number(Database source, int oid, String type, String high)
            throws SQLException {
        return ask(
                source,
                question(
                        new SqlType(oid, type, 'b', 'N'),
                        "UTC",
                        "2024-05-01 12:00:05+00",
                        high,
                        "2024-05-01 12:00:01+00",
                        ""));
    }
}
