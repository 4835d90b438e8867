package com.evolvishub.cdc.connectors.postgres;

import com.evolvishub.cdc.flow.ChangeRow;
import com.evolvishub.cdc.flow.CopyText;
import com.evolvishub.cdc.flow.Operation;
import java.nio.charset.StandardCharsets;
import java.sql.Array;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The keys of which a lane has dead letters. What is delivered of such a key marks its letters as
 * superseded, in the transaction that delivers it, so that a replay cannot put an old version in
 * the place of a new one. Costs nothing while there are no letters.
 *
 * <p>A letter that was replayed or dropped meanwhile leaves its key here, which does no harm.
 */
final class LetterKeys {

    private static final String OPEN =
            """
            SELECT DISTINCT key_text FROM evolvishub_cdc.dead_letter
            WHERE identity = ? AND superseded_by IS NULL AND key_text IS NOT NULL""";

    private static final String SUPERSEDE =
            """
            UPDATE evolvishub_cdc.dead_letter SET superseded_by = ?
            WHERE identity = ? AND superseded_by IS NULL AND key_text = ANY (?)""";

    private final PostgresSession session;
    private final String identity;
    private final LetterText text;
    private final Set<String> keys = new HashSet<>();

    private LetterKeys(PostgresSession session, String identity, LetterText text) {
        this.session = session;
        this.identity = identity;
        this.text = text;
    }

    static LetterKeys of(PostgresSession session, String identity) throws SQLException {
        LetterKeys letters = new LetterKeys(session, identity, LetterText.of(session));
        try (PreparedStatement select = session.connection().prepareStatement(OPEN)) {
            select.setString(1, identity);
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    letters.keys.add(row.getString(1));
                }
            }
        }
        session.commit();
        return letters;
    }

    /**
     * Text of what tells the row from others, the same for all its versions; none if nothing does.
     */
    static Optional<String> keyText(ChangeRow row, RowIdentity told) {
        return switch (told) {
            case NONE -> Optional.empty();
            case ROW_ID -> Optional.of(HexFormat.of().formatHex(row.rowId()));
            case KEY ->
                    Optional.of(
                            new String(
                                    row.operation() == Operation.DELETE
                                            ? row.line()
                                            : CopyText.select(row.line(), row.schema().key()),
                                    StandardCharsets.UTF_8));
        };
    }

    /** A letter with this key was put there. */
    void add(String key) {
        keys.add(text.plain(key));
    }

    /** In the transaction that brings the rows: their keys' letters are older from here on. */
    void supersede(List<ChangeRow> rows, RowIdentity told) throws SQLException {
        if (keys.isEmpty() || told == RowIdentity.NONE) {
            return;
        }
        Set<String> met = new HashSet<>();
        for (ChangeRow row : rows) {
            keyText(row, told).map(text::plain).filter(keys::contains).ifPresent(met::add);
        }
        if (met.isEmpty()) {
            return;
        }
        Array texts = session.connection().createArrayOf("text", met.toArray());
        try (PreparedStatement update = session.connection().prepareStatement(SUPERSEDE)) {
            update.setLong(1, rows.get(rows.size() - 1).sequence());
            update.setString(2, identity);
            update.setArray(3, texts);
            update.executeUpdate();
        }
    }
}
