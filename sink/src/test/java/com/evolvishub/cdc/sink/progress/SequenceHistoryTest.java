package com.evolvishub.cdc.sink.progress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class SequenceHistoryTest {

    private static final SequenceHistory COMMON =
            SequenceHistory.UNKNOWN.continuedBy("a", 0).continuedBy("b", 100);

    @Test
    void findsTheHighestCommonSequenceNumber() {
        SequenceHistory ours = COMMON.continuedBy("c", 110);
        SequenceHistory theirs = COMMON.continuedBy("d", 105).continuedBy("e", 130);
        assertThat(ours.commonUpTo(theirs, 120)).isEqualTo(105);
        assertThat(theirs.commonUpTo(ours, 120)).isEqualTo(105);
        assertThat(ours.commonUpTo(theirs, 104)).isEqualTo(104);
        assertThat(ours.commonUpTo(COMMON.continuedBy("c", 110), 120)).isEqualTo(120);
    }

    @Test
    void treatsUnknownWritersAsEqual() {
        assertThat(COMMON.commonUpTo(SequenceHistory.UNKNOWN, 7)).isEqualTo(7);
        assertThat(SequenceHistory.parse("5:x").commonUpTo(COMMON, 9)).isEqualTo(4);
    }

    @Test
    void replacesAWriterThatAssignedNoSequenceNumber() {
        assertThat(COMMON.continuedBy("c", 100)).isEqualTo(SequenceHistory.parse("1:a 101:c"));
    }

    @Test
    void continuesAnotherHistoryWithItsOwnWriters() {
        SequenceHistory theirs = COMMON.continuedBy("d", 105);
        assertThat(theirs.continuedWith(COMMON.continuedBy("c", 110), 115).text())
                .isEqualTo("1:a 101:b 106:d 116:c");
        assertThat(theirs.continuedWith(SequenceHistory.UNKNOWN, 115).writerOf(116)).isEmpty();
    }

    @Test
    void readsWhatItWrites() {
        assertThat(SequenceHistory.parse(COMMON.text())).isEqualTo(COMMON);
        assertThat(SequenceHistory.parse("")).isEqualTo(SequenceHistory.UNKNOWN);
        assertThatThrownBy(() -> SequenceHistory.parse("garbage"))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void keepsAtMostSixteenSegments() {
        SequenceHistory sequenceHistory = SequenceHistory.UNKNOWN;
        for (int i = 0; i < 1000; i++) {
            sequenceHistory = sequenceHistory.continuedBy("a" + i, i);
        }
        assertThat(sequenceHistory.segments()).hasSize(16);
        assertThat(sequenceHistory.writerOf(1000)).isEqualTo("a999");
    }
}
