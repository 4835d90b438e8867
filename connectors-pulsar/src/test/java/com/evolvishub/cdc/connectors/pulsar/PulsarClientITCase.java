package com.evolvishub.cdc.connectors.pulsar;

import com.evolvishub.cdc.delivery.DestinationClient;
import com.evolvishub.cdc.delivery.DestinationContract;
import com.evolvishub.cdc.delivery.TestLane;
import com.evolvishub.cdc.flow.ChangeRow;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class PulsarClientITCase extends DestinationContract {

    private static final Pattern JSON = Pattern.compile("\\{\"id\":(\\d+),\"name\":\"(.*)\"}");

    private static PulsarCopy pulsar;

    private final Topic topic = Topic.on(pulsar.server());

    @BeforeAll
    static void start() throws IOException {
        pulsar = PulsarCopy.start();
    }

    @AfterAll
    static void stop() throws IOException {
        if (pulsar != null) {
            pulsar.close();
        }
    }

    @Override
    protected DestinationClient client() {
        return topic.client();
    }

    @Override
    protected List<String> contents() throws Exception {
        return topic.messages().stream()
                .map(message -> line(new String(message.getValue(), StandardCharsets.UTF_8)))
                .toList();
    }

    static String line(String json) {
        Matcher row = JSON.matcher(json);
        return row.matches() ? row.group(1) + "\t" + row.group(2) : json;
    }

    @Override
    protected Optional<Restore> copy() {
        return Optional.of(pulsar.copy());
    }

    @Override
    protected DestinationClient impatientClient() {
        return topic.with("send_timeout_millis", "1000").client();
    }

    @Override
    protected Restore hold() {
        return pulsar.hold();
    }

    @Override
    protected void empty() {
        topic.delete(topic.name());
        topic.ledgers().forEach(topic::delete);
    }

    @Override
    protected void drop() {
        topic.delete(topic.name());
    }

    @Override
    protected ChangeRow badRow() {
        return TestLane.row(TestLane.KEYLESS, "1", "x".repeat(6 << 20));
    }

    @Override
    protected boolean writesBatchesWhole() {
        return false;
    }
}
