package com.evolvishub.cdc.source.split;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.evolvishub.cdc.planner.physical.PipelineFingerprint;
import com.evolvishub.cdc.source.enumerator.EnumeratorStateSerializer;
import com.evolvishub.cdc.source.transactions.PinnedLowWatermark;
import com.evolvishub.cdc.source.transactions.TransactionTracker;
import com.evolvishub.cdc.source.watermark.WatermarkGranularity;
import com.evolvishub.cdc.source.watermark.WatermarkPosition;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

class PostgresSplitSerializerTest {

    private final PostgresSplitSerializer serializer = new PostgresSplitSerializer();

    private static final PostgresSplit DURING_A_READ =
            new PostgresSplit(
                    "shop/orders/postgresql",
                    17,
                    new RowKey(RowKey.DecidedBy.SOURCE, List.of("id", "größe")),
                    WatermarkPosition.at("2024-01-01 00:00:00.000001+00"),
                    "2024-01-01 00:00:01+00",
                    true,
                    new PollRange(
                            WatermarkPosition.at("2023-12-31 23:59:50+00"),
                            true,
                            new WatermarkPosition(
                                    List.of("2024-01-02 00:00:00+00", "7", "x".repeat(70_000))),
                            true),
                    "2024-01-03 00:00:00+00",
                    new TransactionTracker(
                            "2024-01-03 00:00:02+00",
                            1_704_240_002_000_000L,
                            List.of(
                                    new PinnedLowWatermark(
                                            "10/2",
                                            List.of("771"),
                                            "pid 4711, app billing",
                                            1_704_240_001_000_000L,
                                            WatermarkPosition.at("2024-01-02 23:00:00+00"),
                                            true,
                                            12,
                                            PinnedLowWatermark.Stage.OPEN),
                                    new PinnedLowWatermark(
                                            "11/5",
                                            List.of(),
                                            "pid 4712",
                                            1,
                                            WatermarkPosition.START,
                                            false,
                                            1,
                                            PinnedLowWatermark.Stage.ENDED))),
                    new LookbackWindow(10_000, 1000, "2023-12-01 00:00:00+00"),
                    1_704_240_000_000_000L,
                    new SourceTimeState(
                            "Europe/Berlin",
                            true,
                            -1_500_000,
                            12_000,
                            17,
                            WatermarkGranularity.MINUTE),
                    new SplitProvenance(
                            new PipelineFingerprint(List.of("a", "b")),
                            "run",
                            List.of("\"id\" integer", "\"größe\" text")));

    @Test
    void writesAndReadsASplitDuringARead() throws IOException {
        assertThat(serializer.deserialize(5, serializer.serialize(DURING_A_READ)))
                .isEqualTo(DURING_A_READ);
    }

    @Test
    void anEmptyTextIsAPositionNotTheStart() throws IOException {
        PostgresSplit split =
                PostgresSplit.initial("a")
                        .started(
                                new RowKey(RowKey.DecidedBy.SOURCE, List.of()),
                                PollRange.from(WatermarkPosition.at(""), false),
                                TransactionTracker.NONE,
                                LookbackWindow.NONE);
        PostgresSplit read = serializer.deserialize(5, serializer.serialize(split));

        assertThat(read.range().lower().isStart()).isFalse();
        assertThat(read.range().resume().isStart()).isTrue();
    }

    @Test
    void rejectsAnUnknownFormat() {
        assertThatThrownBy(() -> serializer.deserialize(4, new byte[0]))
                .isInstanceOf(IOException.class)
                .hasMessage(
                        "cannot restore a position written in format 4; this build reads format 5");
        assertThatThrownBy(() -> new EnumeratorStateSerializer().deserialize(2, new byte[1]))
                .hasMessage(
                        "cannot restore an enumerator written in format 2; this build reads format 1");
    }
}
