package com.evolvishub.cdc.planner.physical;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class PipelineFingerprintTest {

    private static final PipelineFingerprint ONE =
            new PipelineFingerprint(List.of("a", "b", "c", "d", "e"));

    @Test
    void namesThePartsThatDiffer() {
        PipelineFingerprint other = new PipelineFingerprint(List.of("a", "x", "c", "d", "y"));

        assertThat(ONE.changedIn(other)).containsExactly("watermark", "destination");
        assertThat(ONE.changedIn(ONE)).isEmpty();
    }
}
