package com.evolvishub.cdc.connectors.pulsar;

import com.evolvishub.cdc.delivery.Lane;
import com.evolvishub.cdc.delivery.TestLane;
import com.evolvishub.cdc.flow.ChangeRow;
import com.evolvishub.cdc.flow.RowSchema;
import com.evolvishub.cdc.planner.spec.ConnectionSpec;
import com.evolvishub.cdc.planner.spec.EndpointSpec;
import com.evolvishub.cdc.planner.spec.Option;
import com.evolvishub.cdc.planner.spec.Secret;
import com.evolvishub.cdc.planner.spec.TlsSpec;
import com.evolvishub.cdc.servers.pulsar.PulsarServer;
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
record Topic(PulsarServer server, String name, List<Option> options) {

    static final RowSchema SCHEMA = TestLane.KEYED;

    /** A broker that makes a topic waits for disks that many others may write to. */
    static final Duration PATIENCE = Duration.ofMinutes(2);

    private static final Map<String, PulsarClient> PLAIN = new ConcurrentHashMap<>();

    static Topic on(PulsarServer server) {
        return new Topic(server, "t" + UUID.randomUUID(), List.of());
    }

    /** Made with so many partitions. */
    Topic partitioned(int partitions) {
        server.admin(
                "PUT",
                "/admin/v2/persistent/public/default/" + name + "/partitions",
                Integer.toString(partitions));
        return this;
    }

    /** Made without partitions, as by somebody who reads it. */
    void create() {
        server.admin("PUT", "/admin/v2/persistent/public/default/" + name, "");
    }

    Topic with(String option, String value) {
        List<Option> more = new ArrayList<>(options);
        more.add(new Option(option, new Secret(value)));
        return new Topic(server, name, more);
    }

    EndpointSpec endpoint() {
        return endpoint(PATIENCE);
    }

    EndpointSpec endpoint(Duration timeout) {
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

    TestLane lane() {
        return TestLane.to(endpoint());
    }

    PulsarBusClient client() {
        return client(lane());
    }

    PulsarBusClient client(TestLane lane) {
        return new PulsarBusClient(lane.pipeline());
    }

    static Lane lane(String run) {
        return new Lane(
                "file/orders", run, "writer of " + run, "host of " + run, "orders", false, 0);
    }

    static List<ChangeRow> rows(long from, long to) {
        return LongStream.rangeClosed(from, to).mapToObj(Topic::row).toList();
    }

    static ChangeRow row(long number) {
        return TestLane.row(SCHEMA, Long.toString(number % 100), "row " + number).numbered(number);
    }

    /** All messages, partition by partition. */
    List<Message<byte[]>> messages() throws Exception {
        return messages(name);
    }

    List<Message<byte[]>> messages(String topic) throws Exception {
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
    PulsarClient plainClient() {
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
    void delete(String topic) {
        server.admin("DELETE", "/admin/v2/persistent/public/default/" + topic + "?force=true", "");
    }

    /** The short names of the ledgers of lanes that write to this topic. */
    List<String> ledgers() {
        String all = server.admin("GET", "/admin/v2/persistent/public/default", "");
        return Pattern.compile(name + "-cdc-ledger-[0-9a-f]+")
                .matcher(all)
                .results()
                .map(MatchResult::group)
                .distinct()
                .toList();
    }

    /** The numbers of all messages, partition by partition. */
    List<Long> numbers() throws Exception {
        return messages().stream().map(Message::getSequenceId).toList();
    }
}
