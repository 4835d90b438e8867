package com.evolvishub.cdc.quickstart;

import com.evolvishub.cdc.testing.postgres.Database;
import com.evolvishub.cdc.testing.postgres.PostgresServer;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/**
 * The two databases of the example file {@code multi_customer_views.yaml}.
 *
 * @param source customer_analytics: customers, orders, visits, addresses and five views over them
 * @param destination data_warehouse: three of the five destination tables, all empty
 */
public record CustomerViews(Database source, Database destination) {
    static final String SOURCE = "customer_analytics";
    static final String DESTINATION = "data_warehouse";

    /** The mappings of the example file: views and the tables they are compared with. */
    public static final List<Pair> PAIRS =
            List.of(
                    new Pair(
                            "customer_demographics",
                            "vw_customer_demographics",
                            "dim_customer_demographics"),
                    new Pair(
                            "purchase_behavior",
                            "vw_customer_purchase_behavior",
                            "fact_customer_behavior"),
                    new Pair(
                            "geographic_distribution",
                            "vw_customer_geography",
                            "dim_customer_geography"),
                    new Pair(
                            "engagement_metrics",
                            "vw_customer_engagement",
                            "fact_customer_engagement"),
                    new Pair("lifetime_value", "vw_customer_ltv", "fact_customer_ltv"));

    /** A mapping of the example file with the view it reads and the table it writes. */
    public record Pair(String mapping, String view, String table) {}

    /**
     * Creates and fills both databases; first drops those of an interrupted attempt. The server
     * generates the rows; they are the same each time.
     */
    public static CustomerViews create(PostgresServer server, int customers) {
        if (customers < 1) {
            throw new IllegalArgumentException("customers: " + customers + "; expected 1 or more");
        }
        server.dropDatabase(SOURCE);
        server.dropDatabase(DESTINATION);
        CustomerViews views =
                new CustomerViews(
                        server.createDatabase(SOURCE), server.createDatabase(DESTINATION));
        views.fill(customers);
        return views;
    }

    /** The databases of an earlier completed {@link #create} on this server; empty: none. */
    public static Optional<CustomerViews> existing(PostgresServer server) {
        boolean exists =
                !server.database("postgres")
                        .queryAll("SELECT 1 FROM pg_database WHERE datname = '" + DESTINATION + "'")
                        .isEmpty();
        // the destination is filled last, in one transaction
        return exists
                        && server.database(DESTINATION)
                                        .queryOne("SELECT to_regclass('fact_customer_ltv')")
                                != null
                ? Optional.of(
                        new CustomerViews(server.database(SOURCE), server.database(DESTINATION)))
                : Optional.empty();
    }

    void fill(int customers) {
        // one transaction each, so that an interrupted start leaves no partial data
        source.execute(script("customer_analytics.sql", customers));
        destination.execute(script("data_warehouse.sql", customers));
    }

    private static String script(String name, int customers) {
        try (InputStream in = CustomerViews.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException(name + " is missing from the build");
            }
            String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            return text.replace(":customers", customers + "::bigint");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
