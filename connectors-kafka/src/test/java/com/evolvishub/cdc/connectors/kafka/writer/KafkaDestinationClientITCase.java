package com.evolvishub.cdc.connectors.kafka.writer;

import com.evolvishub.cdc.connectors.kafka.KafkaDiskSnapshot;
import com.evolvishub.cdc.connectors.kafka.KafkaTestTopic;
import com.evolvishub.cdc.runtime.row.ChangeRow;
import com.evolvishub.cdc.sink.contract.DestinationContract;
import com.evolvishub.cdc.sink.contract.TestPipeline;
import com.evolvishub.cdc.sink.spi.DestinationClient;
import com.evolvishub.cdc.testing.kafka.KafkaServer;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

@Timeout(300)
public class KafkaDestinationClientITCase extends DestinationContract {

    @RegisterExtension static final KafkaServer KAFKA = KafkaServer.shared();

    private static final JsonFactory JSON = new JsonFactory();

    private KafkaTestTopic topic;

    @BeforeEach
    void freshTopic() throws Exception {
        topic = KafkaTestTopic.fresh(KAFKA.bootstrapServers());
        topic.create(1, Map.of("max.message.bytes", "20000"));
        // all tests use the same pipeline identity
        KafkaTestTopic.removeProgressRecord(KAFKA.bootstrapServers(), "file/orders");
    }

    @Override
    protected DestinationClient client() {
        return topic.client();
    }

    @Override
    protected List<String> contents() {
        return topic.records().stream().map(each -> line(each.value())).toList();
    }

    /** The values of a JSON object, in its order. */
    public static String line(byte[] json) {
        StringBuilder line = new StringBuilder();
        try (JsonParser parser = JSON.createParser(json)) {
            for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
                if (token.isScalarValue()) {
                    line.append(line.isEmpty() ? "" : "\t").append(parser.getText());
                }
            }
            return line.toString();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    protected boolean noticesADropAtOnce() {
        // the producer waits for the topic's metadata, as the topic may be created again
        return false;
    }

    @Override
    protected Optional<Restore> copy() {
        return Optional.of(KafkaDiskSnapshot.of(KAFKA));
    }

    @Override
    protected DestinationClient impatientClient() {
        // long enough for the first rows to be delivered on a busy machine
        return topic.withParameter("request.timeout.ms", "5000")
                .withParameter("delivery.timeout.ms", "8000")
                .client();
    }

    @Override
    protected Restore hold() {
        return KafkaDiskSnapshot.hold(KAFKA);
    }

    @Override
    protected void empty() throws Exception {
        KafkaTestTopic.removeProgressRecord(KAFKA.bootstrapServers(), "file/orders");
    }

    @Override
    protected void drop() throws Exception {
        topic.delete();
    }

    @Override
    protected void make() throws Exception {
        topic.create(1, Map.of());
    }

    @Override
    protected ChangeRow badRow() {
        // random, because the limit applies to the compressed size
        byte[] noise = new byte[20_000];
        ThreadLocalRandom.current().nextBytes(noise);
        return TestPipeline.row(TestPipeline.KEYLESS, "7", HexFormat.of().formatHex(noise));
    }
}
