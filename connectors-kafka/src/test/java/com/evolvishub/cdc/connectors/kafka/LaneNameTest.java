package com.evolvishub.cdc.connectors.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class LaneNameTest {

    @Test
    void isTheIdentityWherePeopleCanReadIt() {
        assertThat(LaneName.of("shop/orders/kafka:order_events"))
                .isEqualTo("evolvishub_cdc:shop/orders/kafka:order_events");
    }

    @Test
    void staysTheSameForEver() {
        // lanes are found by it: a change here delivers rows twice
        assertThat(LaneName.of("shop/Aufträge/kafka:t"))
                .isEqualTo("evolvishub_cdc:shop/Auftr_ge/kafka:t~f77e702f7720d6999ef30e5968f7a7f7");
        assertThat(Ledger.partitionOf("evolvishub_cdc:shop/orders/kafka:order_events"))
                .isEqualTo(3);
    }

    @Property(tries = 300)
    void isShortAndPlainWhateverTheIdentity(@ForAll String identity) {
        String name = LaneName.of(identity);

        assertThat(name).matches("[!-~]{15,215}").startsWith(LaneName.PREFIX);
        assertThat(Ledger.partitionOf(name)).isBetween(0, Ledger.PARTITIONS - 1);
    }

    @Property(tries = 300)
    void tellsIdentitiesApart(@ForAll String one, @ForAll String other) {
        assertThat(LaneName.of(one).equals(LaneName.of(other))).isEqualTo(one.equals(other));
    }

    @Test
    void aShortenedNameIsNobodysOwn() {
        String shortened = LaneName.of("a b").substring(LaneName.PREFIX.length());

        assertThat(LaneName.of(shortened)).isNotEqualTo(LaneName.of("a b"));
    }
}
