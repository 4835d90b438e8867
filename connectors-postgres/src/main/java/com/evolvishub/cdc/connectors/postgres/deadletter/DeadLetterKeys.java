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
 * The keys of a pipeline that have dead letters. Delivering a row with such a key marks its dead
 * letters as superseded in the same transaction, so that a replay cannot overwrite a new version
 * with an old one. Costs nothing while there are no dead letters.
 *
 * <p>The key of a dead letter that was replayed or dropped in the meantime stays here, which is
 * harmless.
 */
public final class DeadLetterKeys {

    private static final String UNSUPERSEDED_KEYS =
            """
            SELECT DISTINCT key_text FROM evolvishub_cdc.dead_letter
            WHERE identity = ? AND superseded_by IS NULL AND key_text IS NOT NULL\
            """;

    private static final String SUPERSEDE =
            """
            UPDATE evolvishub_cdc.dead_letter SET superseded_by = ?
            WHERE identity = ? AND superseded_by IS NULL AND key_text = ANY (?)\
            """;

    private final PostgresSession session;
    private final String identity;
    private final DeadLetterTextEncoder encoder;
    private final Set<String> keys = new HashSet<>();

    private DeadLetterKeys(
            PostgresSession session, String identity, DeadLetterTextEncoder encoder) {
        this.session = session;
        this.identity = identity;
        this.encoder = encoder;
    }

    public static DeadLetterKeys load(PostgresSession session, String identity)
            throws SQLException {
        DeadLetterKeys deadLetterKeys =
                new DeadLetterKeys(session, identity, DeadLetterTextEncoder.of(session));
        try (PreparedStatement select = session.connection().prepareStatement(UNSUPERSEDED_KEYS)) {
            select.setString(1, identity);
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    deadLetterKeys.keys.add(row.getString(1));
                }
            }
        }
        session.commit();
        return deadLetterKeys;
    }

    /**
     * Returns the text that identifies the row, the same for all its versions; empty: nothing
     * identifies it.
     */
    public static Optional<String> keyText(ChangeRow row, RowKeyKind keyKind) {
        return switch (keyKind) {
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

    /** Adds the key of a dead letter that was written. */
    public void add(String key) {
        keys.add(encoder.plain(key));
    }

    /**
     * Marks the dead letters of these rows' keys as superseded. Called in the transaction that
     * delivers the rows.
     */
    public void supersede(List<ChangeRow> rows, RowKeyKind keyKind) throws SQLException {
        if (keys.isEmpty() || keyKind == RowKeyKind.NONE) {
            return;
        }
        Set<String> superseded = new HashSet<>();
        for (ChangeRow row : rows) {
            keyText(row, keyKind)
                    .map(encoder::plain)
                    .filter(keys::contains)
                    .ifPresent(superseded::add);
        }
        if (superseded.isEmpty()) {
            return;
        }
        Array texts = session.connection().createArrayOf("text", superseded.toArray());
        try (PreparedStatement update = session.connection().prepareStatement(SUPERSEDE)) {
            update.setLong(1, rows.get(rows.size() - 1).sequence());
            update.setString(2, identity);
            update.setArray(3, texts);
            update.executeUpdate();
        }
    }
}
