package com.evolvishub.cdc.capture.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

class WatermarkSplitSerializerTest {

    private final WatermarkSplitSerializer serializer = new WatermarkSplitSerializer();

    @Test
    void writesAndReadsASplitInTheMiddleOfARead() throws IOException {
        WatermarkSplit split =
                new WatermarkSplit(
                        "shop/orders/postgresql",
                        17,
                        new RowKey(true, List.of("id", "größe")),
                        WatermarkPosition.at("2024-01-01 00:00:00.000001+00"),
                        true,
                        new PollRange(
                                WatermarkPosition.START,
                                new WatermarkPosition(
                                        List.of(
                                                "2024-01-02 00:00:00+00",
                                                "7",
                                                "x".repeat(70_000)))),
                        "2024-01-03 00:00:00+00");

        assertThat(serializer.deserialize(1, serializer.serialize(split))).isEqualTo(split);
    }

    @Test
    void anEmptyTextIsAPositionAndNotTheStart() throws IOException {
        WatermarkSplit split =
                WatermarkSplit.fresh("a")
                        .started(
                                new RowKey(true, List.of()),
                                new PollRange(WatermarkPosition.at(""), WatermarkPosition.START));
        WatermarkSplit read = serializer.deserialize(1, serializer.serialize(split));

        assertThat(read.range().lower().isStart()).isFalse();
        assertThat(read.range().resume().isStart()).isTrue();
    }

    @Test
    void refusesAFormatItDoesNotKnow() {
        assertThatThrownBy(() -> serializer.deserialize(2, new byte[0]))
                .isInstanceOf(IOException.class)
                .hasMessage(
                        "cannot restore a position written in format 2; this build reads format 1");
        assertThatThrownBy(() -> new EnumeratorStateSerializer().deserialize(2, new byte[1]))
                .hasMessage(
                        "cannot restore an enumerator written in format 2; this build reads format 1");
    }
}
