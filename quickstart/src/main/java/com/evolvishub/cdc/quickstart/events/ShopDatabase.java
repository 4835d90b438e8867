package com.evolvishub.cdc.quickstart.events;

import com.evolvishub.cdc.testing.postgres.Database;
import com.evolvishub.cdc.testing.postgres.PostgresServer;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/**
 * Creates the source of {@code event_buses.yaml}: database ecommerce with customers, orders and
 * products.
 */
public final class ShopDatabase {
    private static final String SCRIPT = "ecommerce.sql";

    private ShopDatabase() {}

    /**
     * Creates and fills the database; the server generates the rows.
     *
     * @param customers number of customers; orders are twice as many, products half as many
     */
    public static Database create(PostgresServer server, int customers) {
        Database database = server.createDatabase("ecommerce");
        fill(database, customers);
        return database;
    }

    /** Creates and fills the tables in an existing database. */
    public static void fill(Database database, int customers) {
        try (InputStream in = ShopDatabase.class.getResourceAsStream(SCRIPT)) {
            if (in == null) {
                throw new IllegalStateException(SCRIPT + " is missing from the build");
            }
            String script = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            database.execute(script.replace(":customers", Integer.toString(customers)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
