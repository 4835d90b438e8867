package com.evolvishub.cdc.connectors.kafka.writer;

import com.evolvishub.cdc.connectors.kafka.message.KafkaRowSerializer;
import com.evolvishub.cdc.connectors.kafka.session.KafkaClientSettings;
import com.evolvishub.cdc.connectors.kafka.session.KafkaPipelineId;
import com.evolvishub.cdc.planner.physical.Pipeline;
import com.evolvishub.cdc.runtime.pipeline.RestoreMode;
import com.evolvishub.cdc.runtime.row.ChangeRow;
import com.evolvishub.cdc.sink.failure.DestinationException;
import com.evolvishub.cdc.sink.spi.TransactionalSinkFactory;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Properties;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.connector.base.DeliveryGuarantee;
import org.apache.flink.connector.kafka.sink.KafkaSink;
import org.apache.kafka.common.config.types.Password;

/** Creates Flink's own Kafka sink with the settings and messages of the pipeline. */
public final class KafkaTransactionalSinkFactory implements TransactionalSinkFactory {

    private final Pipeline pipeline;
    private final KafkaClientSettings settings;

    public KafkaTransactionalSinkFactory(Pipeline pipeline) {
        this.pipeline = pipeline;
        this.settings = new KafkaClientSettings(pipeline);
    }

    @Override
    public Sink<ChangeRow> create(RestoreMode restoreMode) {
        return KafkaSink.<ChangeRow>builder()
                .setKafkaProducerConfig(producer())
                .setBootstrapServers(settings.servers())
                .setDeliveryGuarantee(DeliveryGuarantee.EXACTLY_ONCE)
                .setTransactionalIdPrefix(KafkaPipelineId.of(pipeline.identity()))
                .setRecordSerializer(new KafkaRowSerializer(pipeline))
                .build();
    }

    /** Values as text, because they are serialized with the job. */
    private Properties producer() {
        Properties properties = new Properties();
        settings().forEach((name, value) -> properties.setProperty(name, text(value)));
        properties.setProperty(
                "transaction.timeout.ms", Long.toString(settings.transactionTimeout().toMillis()));
        // each transaction has its own producer, and Flink does not name them
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
