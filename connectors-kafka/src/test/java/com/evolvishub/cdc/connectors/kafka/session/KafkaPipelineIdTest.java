package com.evolvishub.cdc.connectors.kafka.session;

import static org.assertj.core.api.Assertions.assertThat;

import com.evolvishub.cdc.connectors.kafka.progress.KafkaProgressStore;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class KafkaPipelineIdTest {

    @Test
    void isTheIdentityIfItIsShortPrintableAscii() {
        assertThat(KafkaPipelineId.of("shop/orders/kafka:order_events"))
                .isEqualTo("evolvishub_cdc:shop/orders/kafka:order_events");
    }

    @Test
    void neverChangesForTheSameIdentity() {
        // pipelines are found by this id: changing it delivers rows twice
        assertThat(KafkaPipelineId.of("shop/Aufträge/kafka:t"))
                .isEqualTo("evolvishub_cdc:shop/Auftr_ge/kafka:t~f77e702f7720d6999ef30e5968f7a7f7");
        assertThat(KafkaProgressStore.partitionOf("evolvishub_cdc:shop/orders/kafka:order_events"))
                .isEqualTo(3);
    }

    @Property(tries = 300)
    void isShortPrintableAsciiForAnyIdentity(@ForAll String identity) {
        String name = KafkaPipelineId.of(identity);

        assertThat(name).matches("[!-~]{15,215}").startsWith(KafkaPipelineId.PREFIX);
        assertThat(KafkaProgressStore.partitionOf(name))
                .isBetween(0, KafkaProgressStore.PARTITIONS - 1);
    }

    @Property(tries = 300)
    void differsForDifferentIdentities(@ForAll String one, @ForAll String other) {
        assertThat(KafkaPipelineId.of(one).equals(KafkaPipelineId.of(other)))
                .isEqualTo(one.equals(other));
    }

    @Test
    void aShortenedNameNeverEqualsAnotherIdentitysId() {
        String shortened = KafkaPipelineId.of("a b").substring(KafkaPipelineId.PREFIX.length());

        assertThat(KafkaPipelineId.of(shortened)).isNotEqualTo(KafkaPipelineId.of("a b"));
    }
}
