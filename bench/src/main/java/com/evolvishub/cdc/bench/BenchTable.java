package com.evolvishub.cdc.bench;

import com.evolvishub.cdc.testing.postgres.Database;

/** The loaded table: eleven columns of common types, a key and two more indexes. */
final class BenchTable {
    static final String SOURCE = "bench_orders";

    private BenchTable() {}

    static void fillSource(Database source, int rows) {
        source.execute(
                definition(SOURCE),
                "INSERT INTO "
                        + SOURCE
                        + " SELECT n, n % 50000, 'ORD-' || lpad(n::text, 10, '0'), (ARRAY['paid',"
                        + " 'shipped', 'returned'])[1 + n % 3], (n % 100000 / 100.0)::numeric(12, 2),"
                        + " 'EUR', (n % 9)::int, n % 7 = 0, md5(n::text), timestamptz '2024-01-01' + n *"
                        + " interval '1.5 seconds', timestamptz '2025-01-01' + n * interval '0.731"
                        + " seconds' FROM generate_series(1, "
                        + rows
                        + ") AS n",
                "VACUUM ANALYZE " + SOURCE,
                "CHECKPOINT");
    }

    /** Creates an empty destination table. */
    static void recreate(Database destination, String name) {
        destination.execute("DROP TABLE IF EXISTS " + name, definition(name), "CHECKPOINT");
        destination.execute(
                "CREATE INDEX ON " + name + " (customer_id)",
                "CREATE INDEX ON " + name + " (last_updated)");
    }

    private static String definition(String name) {
        return "CREATE TABLE "
                + name
                + " (order_id bigint PRIMARY KEY, customer_id bigint NOT NULL, reference text NOT NULL,"
                + " status text NOT NULL, amount numeric(12, 2) NOT NULL, currency char(3) NOT NULL,"
                + " items int NOT NULL, gift boolean NOT NULL, note text NOT NULL, ordered_at"
                + " timestamptz NOT NULL, last_updated timestamptz NOT NULL)";
    }

    /**
     * The highest loaded key, 0 if none. Rows are loaded in key order, and an index serves the
     * query.
     */
    static long progress(Database destination, String name) {
        return Long.parseLong(
                destination.queryOne("SELECT coalesce(max(order_id), 0) FROM " + name));
    }

    /** Fails if the table does not hold {@code rows} rows. */
    static void requireComplete(Database destination, String name, int rows) {
        String found = destination.queryOne("SELECT count(*) FROM " + name);
        if (!found.equals(String.valueOf(rows))) {
            throw new IllegalStateException(name + " holds " + found + " rows of " + rows);
        }
    }
}
