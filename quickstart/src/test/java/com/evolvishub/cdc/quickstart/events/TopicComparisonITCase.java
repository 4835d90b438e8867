package com.evolvishub.cdc.quickstart.events;

import static org.assertj.core.api.Assertions.assertThat;

import com.evolvishub.cdc.testing.postgres.Database;
import com.evolvishub.cdc.testing.postgres.FreshDatabase;
import com.evolvishub.cdc.testing.postgres.PostgresServer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class TopicComparisonITCase {
    @RegisterExtension static final PostgresServer POSTGRES = PostgresServer.shared();

    private final List<ConsumedMessage> messages =
            new ArrayList<>(
                    List.of(
                            message(1, "a", "{\"id\":1,\"price\":1.50}"),
                            message(2, "b", "{\"id\":2,\"price\":7}"),
                            message(3, "b", ""),
                            message(4, "a", "{\"id\":1,\"price\":2.50}")));

    private Database database;

    @BeforeEach
    void createTable(@FreshDatabase Database fresh) {
        database = fresh;
        database.execute(
                "CREATE TABLE t (id int PRIMARY KEY, price numeric)",
                "INSERT INTO t VALUES (1, 2.50)");
    }

    private static ConsumedMessage message(long sequence, String key, String payload) {
        return new ConsumedMessage(
                "0",
                key,
                "f/m/d:%019d".formatted(sequence),
                Optional.of(payload).filter(text -> !text.isEmpty()));
    }

    private TopicComparison compare() throws Exception {
        return TopicComparison.of(database, "t", messages);
    }

    @Test
    void comparesTheNewestVersionOfEachKey() throws Exception {
        assertThat(compare()).isEqualTo(new TopicComparison(4, 1, 0, 0, 0, 1, 0, 0));
        assertThat(compare().equal()).isTrue();
    }

    @Test
    void detectsAnOutdatedVersion() throws Exception {
        database.execute("UPDATE t SET price = 2.51");

        assertThat(compare()).isEqualTo(new TopicComparison(4, 1, 0, 0, 0, 1, 1, 1));
        assertThat(compare().toString())
                .endsWith(
                        "DIFFERENT: 0 event ids come again, 0 are not there, 0 out of order; 1 rows"
                                + " missing or old, 1 too many");
    }

    @Test
    void detectsARepeatedMessage() throws Exception {
        messages.add(messages.get(3));

        assertThat(compare()).isEqualTo(new TopicComparison(5, 1, 1, 0, 1, 1, 0, 0));
    }

    @Test
    void detectsAMissingSequenceNumber() throws Exception {
        messages.remove(0);

        assertThat(compare()).isEqualTo(new TopicComparison(3, 1, 0, 1, 0, 1, 0, 0));
    }

    @Test
    void detectsMessagesOutOfOrder() throws Exception {
        messages.add(0, messages.remove(1));

        assertThat(compare()).isEqualTo(new TopicComparison(4, 1, 0, 0, 1, 1, 0, 0));
    }
}
