package com.evolvishub.cdc.connectors.pulsar.writer;

import com.evolvishub.cdc.connectors.pulsar.PulsarDiskSnapshot;
import com.evolvishub.cdc.connectors.pulsar.PulsarTestTopic;
import com.evolvishub.cdc.runtime.row.ChangeRow;
import com.evolvishub.cdc.sink.contract.DestinationContract;
import com.evolvishub.cdc.sink.contract.TestPipeline;
import com.evolvishub.cdc.sink.spi.DestinationClient;
import com.evolvishub.cdc.testing.pulsar.PulsarServer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

@Timeout(300)
public class PulsarDestinationClientITCase extends DestinationContract {

    private static final Pattern JSON = Pattern.compile("\\{\"id\":(\\d+),\"name\":\"(.*)\"}");

    @RegisterExtension static final PulsarServer PULSAR = PulsarServer.shared();

    private final PulsarTestTopic topic = PulsarTestTopic.on(PULSAR);

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

    public static String line(String json) {
        Matcher row = JSON.matcher(json);
        return row.matches() ? row.group(1) + "\t" + row.group(2) : json;
    }

    @Override
    protected Optional<Restore> copy() {
        return Optional.of(PulsarDiskSnapshot.of(PULSAR));
    }

    @Override
    protected DestinationClient impatientClient() {
        // long enough for the first rows to be delivered on a busy machine
        PulsarTestTopic impatient = topic.with("send_timeout_millis", "5000");
        // after a failed batch it queries the current writer with the same timeout
        return impatient.client(TestPipeline.into(impatient.endpoint(Duration.ofSeconds(20))));
    }

    @Override
    protected Restore hold() {
        return PulsarDiskSnapshot.hold(PULSAR);
    }

    @Override
    protected void empty() {
        topic.delete(topic.name());
        topic.progressTopics().forEach(topic::delete);
    }

    @Override
    protected void drop() {
        topic.delete(topic.name());
    }

    @Override
    protected void make() {
        topic.create();
    }

    @Override
    protected ChangeRow badRow() {
        return TestPipeline.row(TestPipeline.KEYLESS, "1", "x".repeat(6 << 20));
    }

    @Override
    protected boolean writesBatchesWhole() {
        return false;
    }
}
