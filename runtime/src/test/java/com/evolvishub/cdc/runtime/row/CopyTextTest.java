package com.evolvishub.cdc.runtime.row;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.NotEmpty;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;

class CopyTextTest {

    @Property
    void unescapesWhatItEscaped(@ForAll @StringLength(max = 40) String value) {
        String text = wellFormed(value);
        byte[] cell = CopyText.escape(text);

        assertThat(CopyText.unescape(cell)).isEqualTo(text);
    }

    @Property
    void anEscapedCellContainsNoTabOrLineBreak(@ForAll @StringLength(max = 40) String value) {
        assertThat(new String(CopyText.escape(wellFormed(value)), UTF_8))
                .doesNotContain("\t", "\n", "\r");
    }

    @Property
    void splitsALineIntoTheCellsThatWereJoined(
            @ForAll @NotEmpty List<@StringLength(max = 12) String> values) {
        List<byte[]> cells =
                values.stream().map(value -> CopyText.escape(wellFormed(value))).toList();
        byte[] line = CopyText.join(cells);

        assertThat(CopyText.cells(line)).usingRecursiveComparison().isEqualTo(cells);
        for (int i = 0; i < cells.size(); i++) {
            assertThat(CopyText.cell(line, i)).isEqualTo(cells.get(i));
        }
    }

    @Property
    void selectsCellsInTheRequestedOrder(
            @ForAll @Size(min = 3, max = 6) List<@StringLength(max = 8) String> values,
            @ForAll @IntRange(max = 2) int one,
            @ForAll @IntRange(max = 2) int other) {
        List<byte[]> cells =
                values.stream().map(value -> CopyText.escape(wellFormed(value))).toList();
        byte[] line = CopyText.join(cells);

        assertThat(CopyText.select(line, List.of(one, other)))
                .isEqualTo(CopyText.join(List.of(cells.get(one), cells.get(other))));
    }

    @Test
    void distinguishesNullFromEmptyTextAndFromTheTextBackslashN() {
        assertThat(CopyText.isNull(CopyText.nullCell())).isTrue();
        assertThat(CopyText.isNull(CopyText.escape(""))).isFalse();
        assertThat(CopyText.isNull(CopyText.escape("\\N"))).isFalse();
        assertThat(CopyText.unescape(CopyText.escape("\\N"))).isEqualTo("\\N");
        assertThatThrownBy(() -> CopyText.unescape(CopyText.nullCell()))
                .hasMessage("NULL has no text");
    }

    @Test
    void rejectsAPositionBeyondTheLastCell() {
        assertThatThrownBy(() -> CopyText.cell("a\tb".getBytes(UTF_8), 2))
                .hasMessage("cell 2 of 2");
    }

    /** An unpaired surrogate has no UTF-8 encoding, and no database text contains one. */
    private static String wellFormed(String value) {
        return new String(value.getBytes(UTF_8), UTF_8);
    }
}
