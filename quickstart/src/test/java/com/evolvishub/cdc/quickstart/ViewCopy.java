package com.evolvishub.cdc.quickstart;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.sql.Connection;
import org.postgresql.PGConnection;

/** Does at once, for one table, what a mapping does in the long run. */
final class ViewCopy {
    private ViewCopy() {}

    /** Copies a view into its table, columns in the view's order; makes the table if need be. */
    static void copy(CustomerViews views, CustomerViews.Pair pair) throws Exception {
        String columns =
                views.source()
                        .queryOne(
                                "SELECT string_agg(attname, ', ' ORDER BY attnum) FROM pg_attribute WHERE"
                                        + " attrelid = '"
                                        + pair.view()
                                        + "'::regclass AND attnum > 0");
        String definition =
                views.source()
                        .queryOne(
                                "SELECT string_agg(attname || ' ' || format_type(atttypid, atttypmod),"
                                        + " ', ' ORDER BY attnum) FROM pg_attribute WHERE attrelid = '"
                                        + pair.view()
                                        + "'::regclass AND attnum > 0");
        views.destination()
                .execute("CREATE TABLE IF NOT EXISTS " + pair.table() + " (" + definition + ")");
        ByteArrayOutputStream rows = new ByteArrayOutputStream();
        try (Connection from = views.source().connect();
                Connection to = views.destination().connect()) {
            from.unwrap(PGConnection.class)
                    .getCopyAPI()
                    .copyOut("COPY (SELECT * FROM " + pair.view() + ") TO STDOUT", rows);
            to.unwrap(PGConnection.class)
                    .getCopyAPI()
                    .copyIn(
                            "COPY " + pair.table() + " (" + columns + ") FROM STDIN",
                            new ByteArrayInputStream(rows.toByteArray()));
        }
    }
}
