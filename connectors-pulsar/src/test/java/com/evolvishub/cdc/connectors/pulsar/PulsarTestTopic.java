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

/** A topic of a test's own as a destination. */
public record PulsarTestTopic(PulsarServer server, String name, List<EndpointOption> options) {

    public static final RowSchema SCHEMA = TestPipeline.KEYED;

    /** A broker that makes a topic waits for disks that many others may write to. */
    public static final Duration PATIENCE = Duration.ofMinutes(2);

    private static final Map<String, PulsarClient> PLAIN = new ConcurrentHashMap<>();

    public static PulsarTestTopic on(PulsarServer server) {
        return new PulsarTestTopic(server, "t" + UUID.randomUUID(), List.of());
    }

    /** Made with so many partitions. */
    public PulsarTestTopic partitioned(int partitions) {
        server.admin(
                "PUT",
                "/admin/v2/persistent/public/default/" + name + "/partitions",
                Integer.toString(partitions));
        return this;
    }

    /** Made without partitions, as by somebody who reads it. */
    public void create() {
        server.admin("PUT", "/admin/v2/persistent/public/default/" + name, "");
    }

    public PulsarTestTopic with(String option, String value) {
        List<EndpointOption> more = new ArrayList<>(options);
        more.add(new EndpointOption(option, new Secret(value)));
        return new PulsarTestTopic(server, name, more);
    }

    public EndpointSpec endpoint() {
        return endpoint(PATIENCE);
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

    public TestPipeline lane() {
        return TestPipeline.into(endpoint());
    }

    public PulsarDestinationClient client() {
        return client(lane());
    }

    public PulsarDestinationClient client(TestPipeline lane) {
        return new PulsarDestinationClient(lane.pipeline());
    }

    public static WriterIdentity lane(String run) {
        return new WriterIdentity(
                "file/orders", run, "writer of " + run, "host of " + run, "orders", false, 0);
    }

    public static List<ChangeRow> rows(long from, long to) {
        return LongStream.rangeClosed(from, to).mapToObj(PulsarTestTopic::row).toList();
    }

    public static ChangeRow row(long number) {
        return TestPipeline.row(SCHEMA, Long.toString(number % 100), "row " + number)
                .withSequence(number);
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
                    all.add(reader.readNext((int) PATIENCE.toSeconds(), TimeUnit.SECONDS));
                }
            }
        }
        return all;
    }

    /** A client like anybody's, one for each server, open until this JVM ends. */
    public PulsarClient plainClient() {
        return PLAIN.computeIfAbsent(
                server.serviceUrl(),
                url -> {
                    try {
                        return PulsarClient.builder()
                                .serviceUrl(url)
                                .operationTimeout((int) PATIENCE.toSeconds(), TimeUnit.SECONDS)
                                .build();
                    } catch (PulsarClientException e) {
                        throw new IllegalStateException(e);
                    }
                });
    }

    /** Deletes a topic with all that hangs on it. */
    public void delete(String topic) {
        server.admin("DELETE", "/admin/v2/persistent/public/default/" + topic + "?force=true", "");
    }

    /** The short names of the ledgers of lanes that write to this topic. */
    public List<String> ledgers() {
        String all = server.admin("GET", "/admin/v2/persistent/public/default", "");
        return Pattern.compile(name + "-cdc-ledger-[0-9a-f]+")
                .matcher(all)
                .results()
                .map(MatchResult::group)
                .distinct()
                .toList();
    }

    /** The numbers of all messages, partition by partition. */
    public List<Long> numbers() throws Exception {
        return messages().stream().map(Message::getSequenceId).toList();
    }
}
