package com.evolvishub.cdc.planner.spec;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class DeleteWhenTest {

    @Test
    void readsAColumnWithoutAValue() {
        assertThat(DeleteWhen.parse("deleted_at")).isEqualTo(new DeleteWhen("deleted_at", ""));
        assertThat(DeleteWhen.parse("")).isEqualTo(DeleteWhen.NEVER);
    }

    @Test
    void readsAColumnAndItsValue() {
        assertThat(DeleteWhen.parse("status = gone")).isEqualTo(new DeleteWhen("status", "gone"));
        assertThat(DeleteWhen.parse("status=a=b")).isEqualTo(new DeleteWhen("status", "a=b"));
    }

    @Test
    void keepsAQuotedNameUnchanged() {
        assertThat(DeleteWhen.parse("\"a = \"\"b\"\"\""))
                .isEqualTo(new DeleteWhen("a = \"b\"", ""));
        assertThat(DeleteWhen.parse("\"a = b\" = x")).isEqualTo(new DeleteWhen("a = b", "x"));
    }
}
