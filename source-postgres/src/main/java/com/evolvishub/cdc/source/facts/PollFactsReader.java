package com.evolvishub.cdc.source.facts;

import com.evolvishub.cdc.planner.catalog.Catalog.ColumnOrder;
import com.evolvishub.cdc.planner.catalog.Catalog.PollBounds;
import com.evolvishub.cdc.planner.catalog.Catalog.PollCost;
import com.evolvishub.cdc.planner.catalog.Catalog.PollFacts;
import com.evolvishub.cdc.planner.catalog.Catalog.PollFactsRequest;
import com.evolvishub.cdc.planner.catalog.UnderlyingRelation;
import com.evolvishub.cdc.planner.spec.endpoint.EndpointSpec;
import com.evolvishub.cdc.planner.sql.Relation;
import com.evolvishub.cdc.planner.sql.SqlIdentifier;
import com.evolvishub.cdc.source.catalog.UnderlyingRelations;
import com.evolvishub.cdc.source.session.SourceSession;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/** Reads facts about a server that matter to polls. */
final class PollFactsReader {

    private static final String SERVER =
            """
            SELECT pg_catalog.pg_is_in_recovery(),
              pg_catalog.pg_has_role('pg_read_all_stats', 'usage'),
              coalesce(
                (SELECT CASE WHEN setrole <> 0 THEN 'the role''s setting'
                    WHEN setdatabase <> 0 THEN 'the database''s setting'
                    ELSE 'the setting of all roles' END
                 FROM pg_catalog.pg_db_role_setting, pg_catalog.unnest(setconfig) setting
                 WHERE setting ILIKE 'timezone=%'
                   AND setrole IN
                     (0, (SELECT oid FROM pg_catalog.pg_roles WHERE rolname = session_user))
                   AND setdatabase IN
                     (0, (SELECT oid FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database()))
                 ORDER BY setrole <> 0 DESC, setdatabase <> 0 DESC LIMIT 1),
                'assumed: the server''s log_timezone')
            """;

    /** The cache of the sequences that fill the column by its default or as an identity. */
    private static final String CACHE =
            """
            SELECT pg_catalog.max(s.seqcache) FROM pg_catalog.pg_sequence s
            WHERE s.seqrelid IN (
              SELECT d.objid FROM pg_catalog.pg_depend d
              JOIN pg_catalog.pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
              WHERE d.classid = 'pg_class'::regclass AND d.refclassid = 'pg_class'::regclass
                AND d.deptype = 'i' AND a.attrelid = pg_catalog.to_regclass(?) AND a.attname = ?
              UNION ALL
              SELECT d.refobjid FROM pg_catalog.pg_attrdef f
              JOIN pg_catalog.pg_attribute a ON a.attrelid = f.adrelid AND a.attnum = f.adnum
              JOIN pg_catalog.pg_depend d ON d.classid = 'pg_attrdef'::regclass AND d.objid = f.oid
                AND d.refclassid = 'pg_class'::regclass
              WHERE a.attrelid = pg_catalog.to_regclass(?) AND a.attname = ?)
            """;

    private final SourceSession session;

    /** Uses {@code session}, which must not have an open transaction. */
    PollFactsReader(SourceSession session) {
        this.session = session;
    }

    private List<UnderlyingRelation> underlyingRelations(PollFactsRequest question)
            throws SQLException {
        EndpointSpec endpoint = question.endpoint();
        List<UnderlyingRelations.Found> found =
                endpoint.table().isEmpty()
                        ? UnderlyingRelations.of(session, fullRead(question))
                        : UnderlyingRelations.of(
                                session, new Relation.Table(endpoint.schema(), endpoint.table()));
        return found.stream().map(UnderlyingRelations.Found::relation).toList();
    }

    /** A read from the lowest value on, so that the planner removes no part of it. */
    private static String fullRead(PollFactsRequest question) {
        String type = question.watermarkType();
        boolean time = type.isEmpty() || type.startsWith("timestamp") || type.equals("date");
        String lowest =
                time
                        ? "-infinity"
                        : type.equals("uuid") ? "00000000-0000-0000-0000-000000000000" : "0";
        return question.statement().apply(new PollBounds(lowest, "", time ? "timestamptz" : type));
    }

    PollFacts ask(PollFactsRequest question) throws SQLException {
        boolean hasWatermark = !question.watermark().isEmpty();
        Optional<PollCost> cost =
                hasWatermark
                        ? Optional.of(new EmptyPollCostEstimator(session).cost(question))
                        : Optional.empty();
        long cache = hasWatermark ? session.inTransaction(() -> sequenceCache(question)) : 1;
        List<UnderlyingRelation> underlyingRelations = underlyingRelations(question);
        Optional<ColumnOrder> order =
                hasWatermark ? new CollationReader(session).of(question) : Optional.empty();
        return session.query(
                SERVER,
                found -> {
                    found.next();
                    return new PollFacts(
                            found.getBoolean(1),
                            found.getBoolean(2),
                            session.roleZone(),
                            found.getString(3),
                            cost,
                            cache,
                            underlyingRelations,
                            order);
                });
    }

    private long sequenceCache(PollFactsRequest question) throws SQLException {
        if (question.endpoint().table().isEmpty()) {
            return 1;
        }
        String table =
                SqlIdentifier.quote(question.endpoint().schema(), question.endpoint().table());
        try (PreparedStatement statement = session.connection().prepareStatement(CACHE)) {
            statement.setString(1, table);
            statement.setString(2, question.watermark());
            statement.setString(3, table);
            statement.setString(4, question.watermark());
            try (ResultSet found = statement.executeQuery()) {
                found.next();
                return Math.max(1, found.getLong(1));
            }
        }
    }
}
