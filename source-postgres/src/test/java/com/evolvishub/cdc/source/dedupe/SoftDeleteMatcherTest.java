package com.evolvishub.cdc.source.dedupe;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.evolvishub.cdc.planner.spec.DeleteWhen;
import com.evolvishub.cdc.runtime.row.ChangeRow;
import com.evolvishub.cdc.runtime.row.Column;
import com.evolvishub.cdc.runtime.row.CopyText;
import com.evolvishub.cdc.runtime.row.Operation;
import com.evolvishub.cdc.runtime.row.RowSchema;
import com.evolvishub.cdc.runtime.row.SqlType;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SoftDeleteMatcherTest {

    private static final SqlType TEXT = new SqlType(25, "text", 'b', 'S');
    private static final SqlType BOOL = new SqlType(16, "boolean", 'b', 'B');

    @ParameterizedTest
    @CsvSource({
        "gone, t, true",
        "gone, f, false",
        "gone, \\N, false",
        "gone = true, t, true",
        "gone = Yes, t, true",
        "gone = 1, t, true",
        "gone = on, f, false",
        "gone = false, f, true",
        "gone = NO, f, true",
        "gone = off, t, false",
        "gone = 0, \\N, false",
        "gone = perhaps, t, false",
    })
    void aBooleanMarksInAnyTextRepresentation(String when, String cell, boolean marked) {
        assertThat(isMarked(when, BOOL, cell)).isEqualTo(marked);
    }

    @Property
    void aTextMarksIfItIsEqual(@ForAll String value, @ForAll String other) {
        DeleteWhen when = new DeleteWhen("gone", value);
        boolean any = value.isEmpty();

        assertThat(isMarked(when, TEXT, CopyText.escape(value))).isTrue();
        assertThat(isMarked(when, TEXT, CopyText.escape(other)))
                .isEqualTo(any || value.equals(other));
        assertThat(isMarked(when, TEXT, "\\N".getBytes(UTF_8))).isFalse();
    }

    @Test
    void aMissingColumnMarksNoRow() {
        assertThat(isMarked("went", BOOL, "t")).isFalse();
        assertThat(isMarked("", BOOL, "t")).isFalse();
    }

    @Test
    void aMarkedRowBecomesADeleteOfItsKey() {
        ChangeRow row = row(schema(BOOL), "t".getBytes(UTF_8));
        ChangeRow applied =
                SoftDeleteMatcher.of(DeleteWhen.parse("gone"), schema(BOOL)).asDelete(row);

        assertThat(applied.operation()).isEqualTo(Operation.DELETE);
        assertThat(new String(applied.line(), UTF_8)).isEqualTo("7\tx");
        assertThat(applied.watermark()).isEqualTo(row.watermark());
    }

    private static boolean isMarked(String when, SqlType type, String cell) {
        return isMarked(DeleteWhen.parse(when), type, cell.getBytes(UTF_8));
    }

    private static boolean isMarked(DeleteWhen when, SqlType type, byte[] cell) {
        return SoftDeleteMatcher.of(when, schema(type)).matches(row(schema(type), cell));
    }

    /** The key columns have another order than the row's columns. */
    private static RowSchema schema(SqlType type) {
        return new RowSchema(
                List.of(
                        new Column("name", "name", TEXT, false),
                        new Column("gone", "gone", type, true),
                        new Column("id", "id", TEXT, false)),
                List.of(2, 0));
    }

    private static ChangeRow row(RowSchema schema, byte[] cell) {
        byte[] line = ("x\t" + new String(cell, UTF_8) + "\t7").getBytes(UTF_8);
        return ChangeRow.of(Operation.UPSERT, schema, line, "2024".getBytes(UTF_8));
    }
}
