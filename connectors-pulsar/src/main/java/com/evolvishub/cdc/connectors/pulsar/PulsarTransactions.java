package com.evolvishub.cdc.connectors.pulsar;

import com.evolvishub.cdc.delivery.TransactionalSink;
import com.evolvishub.cdc.flow.ChangeRow;
import com.evolvishub.cdc.flow.Resumption;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.connector.base.DeliveryGuarantee;
import org.apache.flink.connector.pulsar.common.config.PulsarOptions;
import org.apache.flink.connector.pulsar.sink.PulsarSink;
import org.apache.flink.connector.pulsar.sink.PulsarSinkBuilder;
import org.apache.flink.connector.pulsar.sink.PulsarSinkOptions;
import org.apache.flink.connector.pulsar.sink.writer.router.MessageKeyHash;
import org.apache.flink.connector.pulsar.sink.writer.router.TopicRoutingMode;
import org.apache.pulsar.client.api.CompressionType;

/** Flink's own sink for Pulsar, with the settings and the messages of ours. */
final class PulsarTransactions implements TransactionalSink {

    private final PulsarTarget target;
    private final ClientSettings settings;

    PulsarTransactions(PulsarTarget target) {
        this.target = target;
        this.settings = new ClientSettings(target);
    }

    @Override
    public Sink<ChangeRow> build(Resumption resumption) {
        PulsarSinkBuilder<ChangeRow> builder =
                PulsarSink.builder()
                        .setSerializationSchema(new RowMessages(target.pipeline()))
                        .setServiceUrl(settings.serviceUrl())
                        .setTopics(target.topic())
                        .setDeliveryGuarantee(DeliveryGuarantee.EXACTLY_ONCE)
                        .setTopicRoutingMode(TopicRoutingMode.MESSAGE_KEY_HASH)
                        // as Pulsar's own client does it, and our other deliveries
                        .setConfig(
                                PulsarSinkOptions.PULSAR_MESSAGE_KEY_HASH, MessageKeyHash.JAVA_HASH)
                        .setConfig(
                                PulsarSinkOptions.PULSAR_WRITE_TRANSACTION_TIMEOUT,
                                target.transactionTimeout().toMillis())
                        .setConfig(
                                PulsarSinkOptions.PULSAR_COMPRESSION_TYPE,
                                CompressionType.valueOf(target.option("compression_type", "NONE")))
                        .setConfig(
                                PulsarSinkOptions.PULSAR_BATCHING_ENABLED,
                                target.flag("batching_enabled"))
                        .setConfig(PulsarOptions.PULSAR_STATS_INTERVAL_SECONDS, 0L)
                        .setConfig(
                                PulsarOptions.PULSAR_CONNECTION_TIMEOUT_MS,
                                (int) settings.limit().toMillis())
                        .setConfig(
                                PulsarOptions.PULSAR_OPERATION_TIMEOUT_MS,
                                (int) settings.limit().toMillis());
        settings.addLogin(builder);
        settings.addTls(builder);
        return builder.build();
    }
}
