package com.evolvishub.cdc.source.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RelationNameSuggestionsTest {

    @Test
    void computesTheEditDistance() {
        assertThat(RelationNameSuggestions.distance("orders", "orders")).isZero();
        assertThat(RelationNameSuggestions.distance("custmers", "customers")).isEqualTo(1);
        assertThat(RelationNameSuggestions.distance("order", "orders")).isEqualTo(1);
        assertThat(RelationNameSuggestions.distance("", "abc")).isEqualTo(3);
        assertThat(RelationNameSuggestions.distance("kitten", "sitting")).isEqualTo(3);
    }
}
