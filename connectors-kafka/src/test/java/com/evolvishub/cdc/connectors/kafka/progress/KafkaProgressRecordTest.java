package com.evolvishub.cdc.connectors.kafka.progress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.evolvishub.cdc.sink.failure.FencedException;
import com.evolvishub.cdc.sink.progress.SequenceHistory;
import com.evolvishub.cdc.sink.progress.WriterIdentity;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

class KafkaProgressRecordTest {

    @Property(tries = 300)
    void decodesWhatItEncoded(
            @ForAll @LongRange(min = 0) long sequence,
            @ForAll @LongRange(min = 0) long epoch,
            @ForAll("texts") String run,
            @ForAll("texts") String host) {
        KafkaProgressRecord progress =
                new KafkaProgressRecord(
                        sequence,
                        epoch,
                        run,
                        "writer",
                        host,
                        SequenceHistory.parse("1:a 7:b"),
                        "incarnation",
                        new PartitionEndOffsets(Map.of(0, sequence, 12, 3L)),
                        "topic");

        assertThat(KafkaProgressRecord.decoded(progress.encoded())).isEqualTo(progress);
    }

    @net.jqwik.api.Provide
    net.jqwik.api.Arbitrary<String> texts() {
        // only text that UTF-8 can encode: no unpaired surrogates
        return net.jqwik.api.Arbitraries.strings().excludeChars(surrogates());
    }

    private static char[] surrogates() {
        char[] all = new char[Character.MAX_SURROGATE - Character.MIN_SURROGATE + 1];
        for (int i = 0; i < all.length; i++) {
            all[i] = (char) (Character.MIN_SURROGATE + i);
        }
        return all;
    }

    @Test
    void readsVersionOne() {
        byte[] value = "1\t4711\t3\trun\twriter\thost".getBytes(StandardCharsets.UTF_8);

        assertThat(KafkaProgressRecord.decoded(value))
                .isEqualTo(new KafkaProgressRecord(4711, 3, "run", "writer", "host"));
    }

    @Test
    void readsVersionTwoWithoutATopic() {
        byte[] value =
                "2\t4711\t3\trun\twriter\thost\t1:a\tid\t0:9".getBytes(StandardCharsets.UTF_8);

        KafkaProgressRecord progress = KafkaProgressRecord.decoded(value);
        assertThat(progress.lastSequence()).isEqualTo(4711);
        assertThat(progress.sequenceHistory()).isEqualTo(SequenceHistory.parse("1:a"));
        assertThat(progress.incarnation()).isEqualTo("id");
        assertThat(progress.endOffsets()).isEqualTo(new PartitionEndOffsets(Map.of(0, 9L)));
        assertThat(progress.target()).isEmpty();
    }

    @Test
    void rejectsAnUnknownVersion() {
        byte[] unknown = "4\t1\t1\ta\tb\tc".getBytes(StandardCharsets.UTF_8);

        assertThatThrownBy(() -> KafkaProgressRecord.decoded(unknown))
                .hasMessageContaining("this build reads versions 1 to 3");
    }

    @Test
    void isTakenOverUnderTheNextEpochOrRejectsTheWriter() throws Exception {
        KafkaProgressRecord current =
                new KafkaProgressRecord(10, 2, "b", "writer of b", "host of b");
        WriterIdentity next =
                new WriterIdentity("i", "c", "writer of c", "host of c", "m", false, 0);
        WriterIdentity fenced =
                new WriterIdentity("i", "a", "writer of a", "host of a", "m", true, 1);

        KafkaProgressRecord claimed = current.takenOverBy(next);
        assertThat(claimed)
                .usingRecursiveComparison()
                .ignoringFields("incarnation", "sequenceHistory")
                .isEqualTo(new KafkaProgressRecord(10, 3, "c", "writer of c", "host of c"));
        assertThat(claimed.incarnation()).isNotEmpty();
        assertThat(claimed.takenOverBy(next).incarnation()).isEqualTo(claimed.incarnation());
        assertThatThrownBy(() -> current.takenOverBy(fenced))
                .isInstanceOf(FencedException.class)
                .hasMessage("taken over by run b on host host of b");
    }
}
