package com.evolvishub.cdc.connectors.kafka;

import static org.awaitility.Awaitility.await;

import com.evolvishub.cdc.connectors.kafka.progress.KafkaProgressStore;
import com.evolvishub.cdc.connectors.kafka.session.KafkaPipelineId;
import com.evolvishub.cdc.connectors.kafka.writer.KafkaDestinationClient;
import com.evolvishub.cdc.planner.spec.endpoint.ConnectionSpec;
import com.evolvishub.cdc.planner.spec.endpoint.EndpointOption;
import com.evolvishub.cdc.planner.spec.endpoint.EndpointSpec;
import com.evolvishub.cdc.planner.spec.endpoint.Secret;
import com.evolvishub.cdc.planner.spec.endpoint.TlsSpec;
import com.evolvishub.cdc.sink.contract.TestPipeline;
import com.evolvishub.cdc.sink.progress.WriterIdentity;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** A topic of a test's broker as a destination, with methods that read it by a plain client. */
public record KafkaTestTopic(
        String servers,
        String name,
        TlsSpec tls,
        Duration timeout,
        List<EndpointOption> options,
        List<EndpointOption> parameters) {

    /** A machine that runs other tests may stall for many seconds. */
    private static final Duration TIMEOUT = Duration.ofSeconds(60);

    /** A unique name; the topic is not created. */
    public static KafkaTestTopic fresh(String servers) {
        String random = HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong());
        return of(servers, "orders-" + random);
    }

    public static KafkaTestTopic of(String servers, String name) {
        return new KafkaTestTopic(servers, name, TlsSpec.UNSET, TIMEOUT, List.of(), List.of())
                .withParameter("max.block.ms", Long.toString(TIMEOUT.toMillis()));
    }

    public KafkaTestTopic with(String option, String value) {
        List<EndpointOption> more = new ArrayList<>(options);
        more.add(new EndpointOption(option, new Secret(value)));
        return new KafkaTestTopic(servers, name, tls, timeout, more, parameters);
    }

    public KafkaTestTopic withParameter(String parameter, String value) {
        List<EndpointOption> more = new ArrayList<>(parameters);
        more.add(new EndpointOption(parameter, new Secret(value)));
        return new KafkaTestTopic(servers, name, tls, timeout, options, more);
    }

    public KafkaTestTopic with(TlsSpec other) {
        return new KafkaTestTopic(servers, name, other, timeout, options, parameters);
    }

    public KafkaTestTopic at(String other) {
        return new KafkaTestTopic(other, name, tls, timeout, options, parameters);
    }

    public KafkaTestTopic withTimeout(int seconds) {
        Duration shorter = Duration.ofSeconds(seconds);
        return new KafkaTestTopic(servers, name, tls, shorter, options, parameters);
    }

    EndpointSpec endpoint() {
        int colon = servers.lastIndexOf(':');
        return new EndpointSpec(
                "kafka",
                new ConnectionSpec(
                        servers.substring(0, colon),
                        Integer.parseInt(servers.substring(colon + 1)),
                        "",
                        "",
                        Secret.NONE,
                        tls,
                        timeout,
                        parameters),
                "",
                name,
                options);
    }

    public TestPipeline testPipeline() {
        return TestPipeline.into(endpoint());
    }

    public KafkaDestinationClient client() {
        return client(testPipeline());
    }

    public static KafkaDestinationClient client(TestPipeline testPipeline) {
        return (KafkaDestinationClient) new KafkaConnector().client(testPipeline.pipeline());
    }

    public static WriterIdentity writerIdentity(String run) {
        return writerIdentity("file/orders", run);
    }

    public static WriterIdentity writerIdentity(String identity, String run) {
        return new WriterIdentity(
                identity, run, "writer of " + run, "host of " + run, "orders", false, 0);
    }

    public void create(int partitions, Map<String, String> configs) throws Exception {
        try (Admin admin = admin(servers)) {
            admin.createTopics(List.of(new NewTopic(name, partitions, (short) 1).configs(configs)))
                    .all()
                    .get();
            // the controller responds first, the broker knows the topic shortly after
            await().ignoreExceptions()
                    .until(
                            () ->
                                    admin
                                                    .describeTopics(List.of(name))
                                                    .allTopicNames()
                                                    .get()
                                                    .get(name)
                                                    .partitions()
                                                    .stream()
                                                    .filter(each -> each.leader() != null)
                                                    .count()
                                            == partitions);
        }
    }

    public void delete() throws Exception {
        try (Admin admin = admin(servers)) {
            admin.deleteTopics(List.of(name)).all().get();
            await().until(() -> !admin.listTopics().names().get().contains(name));
        }
    }

    /** Deletes a pipeline's progress record, as an administrator would. */
    public static void removeProgressRecord(String servers, String identity) throws Exception {
        String pipelineId = KafkaPipelineId.of(identity);
        try (Admin admin = admin(servers);
                KafkaProducer<byte[], byte[]> producer =
                        new KafkaProducer<>(
                                Map.of("bootstrap.servers", servers),
                                new ByteArraySerializer(),
                                new ByteArraySerializer())) {
            if (admin.listTopics().names().get().contains(KafkaProgressStore.TOPIC)) {
                byte[] key = pipelineId.getBytes(StandardCharsets.UTF_8);
                int partition = KafkaProgressStore.partitionOf(pipelineId);
                producer.send(new ProducerRecord<>(KafkaProgressStore.TOPIC, partition, key, null))
                        .get();
            }
        }
    }

    public static Admin admin(String servers) {
        return Admin.create(Map.of("bootstrap.servers", servers));
    }

    /** All committed records, partition by partition; empty if the topic does not exist. */
    public List<ConsumerRecord<byte[], byte[]>> records() {
        return records("read_committed");
    }

    /** The end offsets of the topic's partitions for this isolation level. */
    private static Map<TopicPartition, Long> ends(
            String servers, String isolation, List<TopicPartition> partitions) {
        try (KafkaConsumer<byte[], byte[]> consumer = consumer(servers, isolation)) {
            return consumer.endOffsets(partitions);
        }
    }

    private static KafkaConsumer<byte[], byte[]> consumer(String servers, String isolation) {
        return new KafkaConsumer<>(
                Map.of("bootstrap.servers", servers, "isolation.level", isolation),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
    }

    // a commit is acknowledged before every partition has its commit marker
    private static void awaitReadable(
            KafkaConsumer<byte[], byte[]> consumer, Map<TopicPartition, Long> written) {
        await().until(
                        () ->
                                consumer.endOffsets(written.keySet()).entrySet().stream()
                                        .allMatch(
                                                end ->
                                                        end.getValue()
                                                                >= written.get(end.getKey())));
    }

    public List<ConsumerRecord<byte[], byte[]>> records(String isolation) {
        return records(servers, name, isolation);
    }

    public static List<ConsumerRecord<byte[], byte[]>> records(
            String servers, String topic, String isolation) {
        List<ConsumerRecord<byte[], byte[]>> all = new ArrayList<>();
        try (KafkaConsumer<byte[], byte[]> consumer = consumer(servers, isolation)) {
            List<TopicPartition> partitions =
                    consumer.listTopics().getOrDefault(topic, List.of()).stream()
                            .map(each -> new TopicPartition(topic, each.partition()))
                            .sorted((a, b) -> a.partition() - b.partition())
                            .toList();
            awaitReadable(consumer, ends(servers, "read_uncommitted", partitions));
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            while (ends.entrySet().stream()
                    .anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
                consumer.poll(Duration.ofMillis(100)).forEach(all::add);
            }
        }
        return all;
    }

    public static String header(ConsumerRecord<byte[], byte[]> record, String name) {
        return new String(record.headers().lastHeader(name).value(), StandardCharsets.UTF_8);
    }

    public static String text(byte[] bytes) {
        return bytes == null ? null : new String(bytes, StandardCharsets.UTF_8);
    }

    /** The sequence number at the end of the event id. */
    public static long sequence(ConsumerRecord<byte[], byte[]> record) {
        String id = header(record, "event_id");
        return Long.parseLong(id.substring(id.lastIndexOf(':') + 1));
    }

    static String[] lines(int from, int to) {
        return IntStream.rangeClosed(from, to)
                .mapToObj(sequence -> sequence + "\trow " + sequence)
                .toArray(String[]::new);
    }
}
