package com.evolvishub.cdc.planner.physical;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class FingerprintTest {

    private static final Fingerprint ONE = new Fingerprint(List.of("a", "b", "c", "d", "e"));

    @Test
    void namesThePartsThatDiffer() {
        Fingerprint other = new Fingerprint(List.of("a", "x", "c", "d", "y"));

        assertThat(ONE.changedIn(other)).containsExactly("watermark", "destination");
        assertThat(ONE.changedIn(ONE)).isEmpty();
    }
}
