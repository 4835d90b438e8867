package com.evolvishub.cdc.connectors.pulsar;

import com.evolvishub.cdc.connectors.pulsar.writer.PulsarDestinationClient;
import com.evolvishub.cdc.planner.spec.endpoint.ConnectionSpec;
import com.evolvishub.cdc.planner.spec.endpoint.EndpointOption;
import com.evolvishub.cdc.planner.spec.endpoint.EndpointSpec;
import com.evolvishub.cdc.planner.spec.endpoint.Secret;
import com.evolvishub.cdc.planner.spec.endpoint.TlsSpec;
import com.evolvishub.cdc.runtime.row.ChangeRow;
import com.evolvishub.cdc.runtime.row.RowSchema;
import com.evolvishub.cdc.sink.contract.TestPipeline;
import com.evolvishub.cdc.sink.progress.WriterIdentity;
import com.evolvishub.cdc.testing.pulsar.PulsarServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.LongStream;
import org.apache.pulsar.client.api.Message;
import org.apache.pulsar.client.api.MessageId;
import org.apache.pulsar.client.api.PulsarClient;
import org.apache.pulsar.client.api.PulsarClientException;
import org.apache.pulsar.client.api.Reader;

/** A unique topic of a test as a destination. */
public record PulsarTestTopic(PulsarServer server, String name, List<EndpointOption> options) {

    public static final RowSchema SCHEMA = TestPipeline.KEYED;

    /** Creating a topic waits for disks that other tests may be writing to. */
    public static final Duration TIMEOUT = Duration.ofMinutes(2);

    private static final Map<String, PulsarClient> PLAIN = new ConcurrentHashMap<>();

    public static PulsarTestTopic on(PulsarServer server) {
        return new PulsarTestTopic(server, "t" + UUID.randomUUID(), List.of());
    }

    /** Creates the topic with this number of partitions. */
    public PulsarTestTopic partitioned(int partitions) {
        server.admin(
                "PUT",
                "/admin/v2/persistent/public/default/" + name + "/partitions",
                Integer.toString(partitions));
        return this;
    }

    /** Creates the topic without partitions, as one of its readers would. */
    public void create() {
        server.admin("PUT", "/admin/v2/persistent/public/default/" + name, "");
    }

    public PulsarTestTopic with(String option, String value) {
        List<EndpointOption> more = new ArrayList<>(options);
        more.add(new EndpointOption(option, new Secret(value)));
        return new PulsarTestTopic(server, name, more);
    }

    public EndpointSpec endpoint() {
        return endpoint(TIMEOUT);
    }

    public EndpointSpec endpoint(Duration timeout) {
        return new EndpointSpec(
                "pulsar",
                new ConnectionSpec(
                        server.host(),
                        server.port(),
                        "",
                        "",
                        Secret.NONE,
                        TlsSpec.UNSET,
                        timeout,
                        List.of()),
                "",
                name,
                options);
    }

    public TestPipeline testPipeline() {
        return TestPipeline.into(endpoint());
    }

    public PulsarDestinationClient client() {
        return client(testPipeline());
    }

    public PulsarDestinationClient client(TestPipeline testPipeline) {
        return new PulsarDestinationClient(testPipeline.pipeline());
    }

    public static WriterIdentity writerIdentity(String run) {
        return new WriterIdentity(
                "file/orders", run, "writer of " + run, "host of " + run, "orders", false, 0);
    }

    public static List<ChangeRow> rows(long from, long to) {
        return LongStream.rangeClosed(from, to).mapToObj(PulsarTestTopic::row).toList();
    }

    public static ChangeRow row(long sequence) {
        return TestPipeline.row(SCHEMA, Long.toString(sequence % 100), "row " + sequence)
                .withSequence(sequence);
    }

    /** All messages, partition by partition. */
    public List<Message<byte[]>> messages() throws Exception {
        return messages(name);
    }

    public List<Message<byte[]>> messages(String topic) throws Exception {
        List<Message<byte[]>> all = new ArrayList<>();
        PulsarClient client = plainClient();
        for (String partition : client.getPartitionsForTopic(topic).join()) {
            try (Reader<byte[]> reader =
                    client.newReader()
                            .topic(partition)
                            .startMessageId(MessageId.earliest)
                            .create()) {
                while (reader.hasMessageAvailable()) {
                    all.add(reader.readNext((int) TIMEOUT.toSeconds(), TimeUnit.SECONDS));
                }
            }
        }
        return all;
    }

    /** A plain client, one for each server, open until this JVM ends. */
    public PulsarClient plainClient() {
        return PLAIN.computeIfAbsent(
                server.serviceUrl(),
                url -> {
                    try {
                        return PulsarClient.builder()
                                .serviceUrl(url)
                                .operationTimeout((int) TIMEOUT.toSeconds(), TimeUnit.SECONDS)
                                .build();
                    } catch (PulsarClientException e) {
                        throw new IllegalStateException(e);
                    }
                });
    }

    /** Deletes a topic with its subscriptions and producers. */
    public void delete(String topic) {
        server.admin("DELETE", "/admin/v2/persistent/public/default/" + topic + "?force=true", "");
    }

    /** The short names of the progress topics of pipelines that write to this topic. */
    public List<String> progressTopics() {
        String all = server.admin("GET", "/admin/v2/persistent/public/default", "");
        return Pattern.compile(name + "-cdc-ledger-[0-9a-f]+")
                .matcher(all)
                .results()
                .map(MatchResult::group)
                .distinct()
                .toList();
    }

    /** The sequence numbers of all messages, partition by partition. */
    public List<Long> sequences() throws Exception {
        return messages().stream().map(Message::getSequenceId).toList();
    }
}
