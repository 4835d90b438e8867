package com.evolvishub.cdc.connectors.postgres.deadletter;

import com.evolvishub.cdc.connectors.postgres.session.PostgresSession;
import com.evolvishub.cdc.connectors.postgres.table.RowKeyKind;
import com.evolvishub.cdc.runtime.row.ChangeRow;
import com.evolvishub.cdc.runtime.row.CopyText;
import com.evolvishub.cdc.runtime.row.Operation;
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
public final class DeadLetterKeys {

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
    private final DeadLetterTextEncoder text;
    private final Set<String> keys = new HashSet<>();

    private DeadLetterKeys(PostgresSession session, String identity, DeadLetterTextEncoder text) {
        this.session = session;
        this.identity = identity;
        this.text = text;
    }

    public static DeadLetterKeys load(PostgresSession session, String identity)
            throws SQLException {
        DeadLetterKeys letters =
                new DeadLetterKeys(session, identity, DeadLetterTextEncoder.of(session));
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
    public static Optional<String> keyText(ChangeRow row, RowKeyKind told) {
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
    public void add(String key) {
        keys.add(text.plain(key));
    }

    /** In the transaction that brings the rows: their keys' letters are older from here on. */
    public void supersede(List<ChangeRow> rows, RowKeyKind told) throws SQLException {
        if (keys.isEmpty() || told == RowKeyKind.NONE) {
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
