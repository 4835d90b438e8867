package com.evolvishub.cdc.quickstart;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.sql.Connection;
import org.postgresql.PGConnection;

/** Copies a view into its table once, as a substitute for a mapping. */
final class ViewCopy {
    private ViewCopy() {}

    /**
     * Copies all rows of a view; creates the table if it does not exist, with the view's columns.
     */
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
