package com.evolvishub.cdc.testing.postgres;

import java.util.HexFormat;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Creates a database for a test; it is dropped when the test's context closes. */
final class FreshDatabaseFactory {
    private FreshDatabaseFactory() {}

    static Database create(PostgresServer server, ExtensionContext context) {
        // random: several builds may use one external server at the same time
        String name = "test_" + HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong());
        Database database = server.createDatabase(name);
        context.getStore(ExtensionContext.Namespace.create(FreshDatabaseFactory.class))
                .put(name, (AutoCloseable) () -> server.dropDatabase(name));
        return database;
    }
}
