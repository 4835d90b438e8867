package com.evolvishub.cdc.quickstart.events;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;

/** Reads a Kafka topic with isolation level {@code read_committed}. */
public final class KafkaTopicReader implements MessageReader {
    private static final Duration WAIT = Duration.ofMillis(200);

    private final String topic;
    private final KafkaConsumer<String, String> consumer;

    public KafkaTopicReader(String bootstrapServers, String topic) {
        this.topic = topic;
        this.consumer =
                new KafkaConsumer<>(
                        Map.of(
                                ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                                bootstrapServers,
                                ConsumerConfig.ISOLATION_LEVEL_CONFIG,
                                "read_committed",
                                ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
                                "earliest",
                                ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
                                false,
                                ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG,
                                false),
                        new StringDeserializer(),
                        new StringDeserializer());
    }

    @Override
    public List<ConsumedMessage> readNew() {
        if (consumer.assignment().isEmpty() && !assign()) {
            return List.of();
        }
        List<ConsumedMessage> messages = new ArrayList<>();
        // with this isolation level the end is the last stable offset: before any open transaction
        Map<TopicPartition, Long> ends = consumer.endOffsets(consumer.assignment());
        while (ends.entrySet().stream()
                .anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
            consumer.poll(WAIT).forEach(message -> messages.add(message(message)));
        }
        return messages;
    }

    private boolean assign() {
        if (!consumer.listTopics().containsKey(topic)) {
            return false;
        }
        consumer.assign(
                consumer.partitionsFor(topic).stream()
                        .map(partition -> new TopicPartition(topic, partition.partition()))
                        .toList());
        return true;
    }

    private static ConsumedMessage message(ConsumerRecord<String, String> message) {
        return new ConsumedMessage(
                Integer.toString(message.partition()),
                message.key(),
                new String(message.headers().lastHeader("event_id").value(), UTF_8),
                Optional.ofNullable(message.value()));
    }

    @Override
    public void close() {
        consumer.close();
    }
}
