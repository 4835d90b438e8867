package com.evolvishub.cdc.bench.outage;

import com.evolvishub.cdc.testing.network.TcpProxy;
import com.evolvishub.cdc.testing.postgres.Database;

/** Writes the file of the ten mappings. */
final class BenchJobFile {

    static final String NAME = "outages";

    /** The checkpoint interval in the file. */
    static final int CHECKPOINT_SECONDS = 1;

    private final BenchServers servers;

    BenchJobFile(BenchServers servers) {
        this.servers = servers;
    }

    String text() {
        StringBuilder text =
                new StringBuilder(
                        """
                        name: %s
                        max_workers: 3
                        checkpoint: {interval_seconds: %d}
                        global_sync:
                          mode: continuous
                          interval_seconds: 0.5
                          error_retry_delay: 1
                        mappings:
                        """
                                .formatted(NAME, CHECKPOINT_SECONDS));
        for (BenchMapping mapping : BenchMapping.ALL) {
            text.append("  - name: ").append(mapping.table()).append('\n');
            text.append("    key: [id]\n");
            text.append("    capture: ").append(mapping.capture()).append('\n');
            if (mapping.capture().equals("watermark")) {
                text.append("    watermark: {column: changed, type: timestamp}\n");
            }
            if (mapping.capture().equals("query")) {
                text.append(
                        "    custom_query: SELECT * FROM %s WHERE changed > %%(last_sync)s\n"
                                .formatted(mapping.table()));
            }
            text.append("    source: ").append(endpoint(mapping.source(), mapping));
            text.append("    destination: ").append(endpoint(mapping.destination(), mapping));
        }
        return text.toString();
    }

    private String endpoint(BenchEndpoint endpoint, BenchMapping mapping) {
        TcpProxy proxy = servers.proxy(endpoint);
        String type =
                switch (endpoint) {
                    case KAFKA -> "kafka";
                    case PULSAR -> "pulsar";
                    case REDIS -> "redis_streams";
                    case SHOP, BRANCH, WAREHOUSE, ARCHIVE -> "postgresql";
                };
        String login = "";
        if (servers.isDatabase(endpoint)) {
            Database database = servers.database(endpoint);
            login =
                    ", database: %s, username: %s, password: \"%s\""
                            .formatted(database.name(), database.user(), database.password());
        }
        return "{type: %s, host: %s, port: %d, connection_timeout: 5, table: %s%s}%n"
                .formatted(type, proxy.host(), proxy.port(), mapping.table(), login);
    }
}
