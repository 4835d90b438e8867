package com.evolvishub.cdc.quickstart.events;

import com.evolvishub.cdc.testing.postgres.Database;
import com.evolvishub.cdc.testing.postgres.PostgresServer;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** The source of {@code event_buses.yaml}: database ecommerce with customers, orders, products. */
public final class ShopDatabase {
    private static final String SCRIPT = "ecommerce.sql";

    private ShopDatabase() {}

    /**
     * Creates and fills it; the rows are made in the server.
     *
     * @param customers how many; there are twice as many orders, and half as many products
     */
    public static Database create(PostgresServer server, int customers) {
        Database database = server.createDatabase("ecommerce");
        fill(database, customers);
        return database;
    }

    /** Creates its tables in a database of any name, and fills them. */
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
