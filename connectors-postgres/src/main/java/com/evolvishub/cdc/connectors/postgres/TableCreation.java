package com.evolvishub.cdc.connectors.postgres;

import com.evolvishub.cdc.flow.Column;
import com.evolvishub.cdc.flow.RowSchema;
import com.evolvishub.cdc.flow.SqlType;
import com.evolvishub.cdc.planner.physical.Pipeline;
import com.evolvishub.cdc.planner.physical.SqlIdentifier;
import com.evolvishub.cdc.planner.spec.EndpointSpec;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes a missing destination table from the source's types. */
final class TableCreation {

    private static final Logger LOG = LoggerFactory.getLogger(TableCreation.class);

    // types of extensions and of users have higher ones, which differ between databases
    private static final int LAST_BUILT_IN_OID = 16383;

    private final PostgresSession session;
    private final Pipeline pipeline;

    TableCreation(PostgresSession session, Pipeline pipeline) {
        this.session = session;
        this.pipeline = pipeline;
    }

    void create(RowSchema schema) throws SQLException {
        EndpointSpec endpoint = pipeline.deliver().destination();
        String table = SqlIdentifier.quote(endpoint.schema(), endpoint.table());
        List<String> lines = new ArrayList<>();
        for (Column column : schema.columns()) {
            lines.add(SqlIdentifier.quote(column.target()) + " " + type(column));
        }
        if (RowIdentity.comparesWithoutKey(schema, pipeline)) {
            lines.add(RowIdentity.ROW_ID_COLUMN + " bytea PRIMARY KEY");
        }
        if (schema.isKeyed()) {
            lines.add(
                    schema.keyColumns().stream()
                            .map(column -> SqlIdentifier.quote(column.target()))
                            .collect(Collectors.joining(", ", "PRIMARY KEY (", ")")));
        }
        session.execute(
                "CREATE TABLE IF NOT EXISTS %s (%s)".formatted(table, String.join(", ", lines)));
        session.commit();
        LOG.info("{}: created table {}", pipeline.mapping(), table);
    }

    /** The source's own type; a type that this database does not have becomes text. */
    private String type(Column column) throws SQLException {
        SqlType type = column.type();
        if (type.oid() <= LAST_BUILT_IN_OID && type.kind() != 'p') {
            return type.name();
        }
        if (new TableDescriber(session).hasType(type.name())) {
            return type.name();
        }
        LOG.info(
                "{}: column {} becomes text: the destination has no type {}",
                pipeline.mapping(),
                column.target(),
                type.name());
        return "text";
    }
}
