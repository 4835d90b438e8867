package com.evolvishub.cdc.connectors.kafka;

import com.evolvishub.cdc.delivery.DestinationException;
import com.evolvishub.cdc.delivery.TransactionalSink;
import com.evolvishub.cdc.flow.ChangeRow;
import com.evolvishub.cdc.flow.Resumption;
import com.evolvishub.cdc.planner.physical.Pipeline;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Properties;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.connector.base.DeliveryGuarantee;
import org.apache.flink.connector.kafka.sink.KafkaSink;
import org.apache.kafka.common.config.types.Password;

/** Flink's own sink for Kafka, with the settings and the messages of ours. */
final class KafkaTransactions implements TransactionalSink {

    private final Pipeline pipeline;
    private final ClientSettings settings;

    KafkaTransactions(Pipeline pipeline) {
        this.pipeline = pipeline;
        this.settings = new ClientSettings(pipeline);
    }

    @Override
    public Sink<ChangeRow> build(Resumption resumption) {
        return KafkaSink.<ChangeRow>builder()
                .setKafkaProducerConfig(producer())
                .setBootstrapServers(settings.servers())
                .setDeliveryGuarantee(DeliveryGuarantee.EXACTLY_ONCE)
                .setTransactionalIdPrefix(LaneName.of(pipeline.identity()))
                .setRecordSerializer(new RowRecords(pipeline))
                .build();
    }

    /** As text: it travels with the job. */
    private Properties producer() {
        Properties properties = new Properties();
        settings().forEach((name, value) -> properties.setProperty(name, text(value)));
        properties.setProperty(
                "transaction.timeout.ms", Long.toString(settings.transactionTimeout().toMillis()));
        // each transaction has a producer of its own, and Flink names none of them
        properties.remove("client.id");
        return properties;
    }

    private Map<String, Object> settings() {
        try {
            return settings.producer(OptionalLong.empty(), Optional.empty());
        } catch (DestinationException e) {
            throw new IllegalStateException(e.getMessage(), e);
        }
    }

    private static String text(Object value) {
        return value instanceof Password secret ? secret.value() : String.valueOf(value);
    }
}
