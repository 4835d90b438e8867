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
    void isReadBackAsItWasWritten(
            @ForAll @LongRange(min = 0) long number,
            @ForAll @LongRange(min = 0) long epoch,
            @ForAll("texts") String run,
            @ForAll("texts") String host) {
        KafkaProgressRecord entry =
                new KafkaProgressRecord(
                        number,
                        epoch,
                        run,
                        "writer",
                        host,
                        SequenceHistory.parse("1:a 7:b"),
                        "incarnation",
                        new PartitionEndOffsets(Map.of(0, number, 12, 3L)),
                        "topic");

        assertThat(KafkaProgressRecord.decoded(entry.encoded())).isEqualTo(entry);
    }

    @net.jqwik.api.Provide
    net.jqwik.api.Arbitrary<String> texts() {
        // what UTF-8 can hold: no half of a pair
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
    void readsWhatVersionOneWrote() {
        byte[] kept = "1\t4711\t3\trun\twriter\thost".getBytes(StandardCharsets.UTF_8);

        assertThat(KafkaProgressRecord.decoded(kept))
                .isEqualTo(new KafkaProgressRecord(4711, 3, "run", "writer", "host"));
    }

    @Test
    void readsWhatVersionTwoWroteAndKnowsNoTopic() {
        byte[] kept =
                "2\t4711\t3\trun\twriter\thost\t1:a\tid\t0:9".getBytes(StandardCharsets.UTF_8);

        KafkaProgressRecord entry = KafkaProgressRecord.decoded(kept);
        assertThat(entry.lastSequence()).isEqualTo(4711);
        assertThat(entry.sequenceHistory()).isEqualTo(SequenceHistory.parse("1:a"));
        assertThat(entry.incarnation()).isEqualTo("id");
        assertThat(entry.endOffsets()).isEqualTo(new PartitionEndOffsets(Map.of(0, 9L)));
        assertThat(entry.target()).isEmpty();
    }

    @Test
    void refusesAnotherVersion() {
        byte[] strange = "4\t1\t1\ta\tb\tc".getBytes(StandardCharsets.UTF_8);

        assertThatThrownBy(() -> KafkaProgressRecord.decoded(strange))
                .hasMessageContaining("this build reads versions 1 to 3");
    }

    @Test
    void isTakenUnderTheNextEpochOrNotAtAll() throws Exception {
        KafkaProgressRecord held = new KafkaProgressRecord(10, 2, "b", "writer of b", "host of b");
        WriterIdentity next =
                new WriterIdentity("i", "c", "writer of c", "host of c", "m", false, 0);
        WriterIdentity fenced =
                new WriterIdentity("i", "a", "writer of a", "host of a", "m", true, 1);

        KafkaProgressRecord taken = held.takenOverBy(next);
        assertThat(taken)
                .usingRecursiveComparison()
                .ignoringFields("incarnation", "sequenceHistory")
                .isEqualTo(new KafkaProgressRecord(10, 3, "c", "writer of c", "host of c"));
        assertThat(taken.incarnation()).isNotEmpty();
        assertThat(taken.takenOverBy(next).incarnation()).isEqualTo(taken.incarnation());
        assertThatThrownBy(() -> held.takenOverBy(fenced))
                .isInstanceOf(FencedException.class)
                .hasMessage("taken over by run b on host host of b");
    }
}
