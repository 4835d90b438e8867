package com.evolvishub.cdc.job.projection;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.evolvishub.cdc.runtime.row.ChangeRow;
import com.evolvishub.cdc.runtime.row.Column;
import com.evolvishub.cdc.runtime.row.CopyText;
import com.evolvishub.cdc.runtime.row.Operation;
import com.evolvishub.cdc.runtime.row.PipelineElement;
import com.evolvishub.cdc.runtime.row.PollEnded;
import com.evolvishub.cdc.runtime.row.PollStarted;
import com.evolvishub.cdc.runtime.row.RowSchema;
import com.evolvishub.cdc.runtime.row.SqlType;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class DropColumnsFunctionTest {

    private static final RowSchema ORDERS =
            new RowSchema(List.of(column("id"), column("changed_at"), column("note")), List.of(0));

    @Test
    void dropsTheValuesOfADroppedColumn() {
        PipelineElement projected = dropping("changed_at").map(row("7\t2024-01-01\ta\\tb"));

        assertThat(projected)
                .isInstanceOfSatisfying(
                        ChangeRow.class,
                        row -> {
                            assertThat(new String(row.line(), UTF_8)).isEqualTo("7\ta\\tb");
                            assertThat(row.schema().columns())
                                    .extracting(Column::name)
                                    .containsExactly("id", "note");
                            assertThat(row.schema().key()).containsExactly(0);
                        });
    }

    @Test
    void sendsTheReducedSchemaBeforeTheRows() {
        PipelineElement projected = dropping("id").map(new PollStarted(1, ORDERS));

        assertThat(projected)
                .isInstanceOfSatisfying(
                        PollStarted.class,
                        started -> {
                            assertThat(started.schema().columns())
                                    .extracting(Column::name)
                                    .containsExactly("changed_at", "note");
                            assertThat(started.schema().isKeyed()).isFalse();
                        });
    }

    @Test
    void keepsTheKeyOfADelete() {
        ChangeRow delete =
                ChangeRow.of(Operation.DELETE, ORDERS, "7".getBytes(UTF_8), CopyText.EMPTY);

        assertThat(dropping("changed_at").map(delete))
                .isInstanceOfSatisfying(
                        ChangeRow.class, row -> assertThat(row.line()).asString().isEqualTo("7"));
    }

    @Test
    void passesOnTheEndOfAPollUnchanged() {
        PollEnded ended = new PollEnded(1, true, Instant.EPOCH);

        assertThat(dropping("id").map(ended)).isSameAs(ended);
    }

    private static DropColumnsFunction dropping(String... columns) {
        return new DropColumnsFunction(List.of(columns));
    }

    private static ChangeRow row(String line) {
        return ChangeRow.of(Operation.UPSERT, ORDERS, line.getBytes(UTF_8), CopyText.EMPTY);
    }

    private static Column column(String name) {
        return new Column(name, name, new SqlType(25, "text", 'b', 'S'), true);
    }
}
