package com.evolvishub.cdc.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class NumberingTest {

    private static final Numbering COMMON =
            Numbering.UNKNOWN.continuedBy("a", 0).continuedBy("b", 100);

    @Test
    void agreesAsFarAsBothWereNumberedByTheSame() {
        Numbering ours = COMMON.continuedBy("c", 110);
        Numbering theirs = COMMON.continuedBy("d", 105).continuedBy("e", 130);
        assertThat(ours.agreesUpTo(theirs, 120)).isEqualTo(105);
        assertThat(theirs.agreesUpTo(ours, 120)).isEqualTo(105);
        assertThat(ours.agreesUpTo(theirs, 104)).isEqualTo(104);
        assertThat(ours.agreesUpTo(COMMON.continuedBy("c", 110), 120)).isEqualTo(120);
    }

    @Test
    void takesWhatItDoesNotKnowForEqual() {
        assertThat(COMMON.agreesUpTo(Numbering.UNKNOWN, 7)).isEqualTo(7);
        assertThat(Numbering.parse("5:x").agreesUpTo(COMMON, 9)).isEqualTo(4);
    }

    @Test
    void replacesAnAuthorWhoHasNumberedNothing() {
        assertThat(COMMON.continuedBy("c", 100)).isEqualTo(Numbering.parse("1:a 101:c"));
    }

    @Test
    void keepsWhatAnotherHasNumberedBelowAndGoesOnAsItsOwn() {
        Numbering theirs = COMMON.continuedBy("d", 105);
        assertThat(theirs.continuedAs(COMMON.continuedBy("c", 110), 115).text())
                .isEqualTo("1:a 101:b 106:d 116:c");
        assertThat(theirs.continuedAs(Numbering.UNKNOWN, 115).authorOf(116)).isEmpty();
    }

    @Test
    void readsWhatItWrites() {
        assertThat(Numbering.parse(COMMON.text())).isEqualTo(COMMON);
        assertThat(Numbering.parse("")).isEqualTo(Numbering.UNKNOWN);
        assertThatThrownBy(() -> Numbering.parse("garbage"))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void staysShort() {
        Numbering numbering = Numbering.UNKNOWN;
        for (int i = 0; i < 1000; i++) {
            numbering = numbering.continuedBy("a" + i, i);
        }
        assertThat(numbering.segments()).hasSize(16);
        assertThat(numbering.authorOf(1000)).isEqualTo("a999");
    }
}
