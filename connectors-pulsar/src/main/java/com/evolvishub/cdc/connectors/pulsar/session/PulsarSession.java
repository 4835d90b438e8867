package com.evolvishub.cdc.connectors.pulsar.session;

import com.evolvishub.cdc.sink.failure.DestinationException;
import java.net.ConnectException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.pulsar.client.admin.PulsarAdmin;
import org.apache.pulsar.client.admin.PulsarAdminException;
import org.apache.pulsar.client.api.Consumer;
import org.apache.pulsar.client.api.Message;
import org.apache.pulsar.client.api.MessageId;
import org.apache.pulsar.client.api.MessageIdAdv;
import org.apache.pulsar.client.api.Producer;
import org.apache.pulsar.client.api.ProducerAccessMode;
import org.apache.pulsar.client.api.PulsarClient;
import org.apache.pulsar.client.api.PulsarClientException;
import org.apache.pulsar.client.api.Reader;
import org.apache.pulsar.client.api.ReaderBuilder;
import org.apache.pulsar.client.api.SubscriptionInitialPosition;
import org.apache.pulsar.client.api.SubscriptionType;
import org.apache.pulsar.client.api.TopicMessageId;
import org.apache.pulsar.client.impl.ClientCnx;
import org.apache.pulsar.client.impl.PulsarClientImpl;
import org.apache.pulsar.common.api.proto.CommandGetTopicsOfNamespace.Mode;
import org.apache.pulsar.common.naming.TopicName;

/**
 * A connection to a cluster. Every request has a timeout, and nothing reconnects: a broken
 * connection stays broken until the pipeline is opened again. {@link #close} may be called from any
 * thread and does not wait.
 */
public final class PulsarSession {

    private final PulsarEndpoint target;
    private final PulsarClientSettings settings;
    private final PulsarClient client;
    private final String url;

    private PulsarSession(
            PulsarEndpoint target, PulsarClientSettings settings, PulsarClient client) {
        this.target = target;
        this.settings = settings;
        this.client = client;
        this.url = settings.serviceUrl();
    }

    /** Creates a client; only {@link #connect} opens a connection. */
    public static PulsarSession of(PulsarEndpoint target)
            throws PulsarClientException, DestinationException {
        PulsarClientSettings settings = new PulsarClientSettings(target);
        return new PulsarSession(target, settings, settings.client());
    }

    /** A session whose client writes in transactions. */
    public static PulsarSession withTransactions(PulsarEndpoint target)
            throws PulsarClientException, DestinationException {
        PulsarClientSettings settings = new PulsarClientSettings(target);
        return new PulsarSession(target, settings, settings.transactionClient());
    }

    /** A session whose client ends transactions that other clients have started. */
    public static PulsarSession withCoordinator(PulsarEndpoint target)
            throws PulsarClientException, DestinationException {
        PulsarClientSettings settings = new PulsarClientSettings(target);
        return new PulsarSession(target, settings, settings.coordinatorClient());
    }

    /** Checks that the cluster is reachable and accepts the credentials. */
    public void connect() throws Exception {
        await(((PulsarClientImpl) client).getConnectionToServiceUrl(), "to connect");
    }

    public PulsarClientSettings settings() {
        return settings;
    }

    /** The largest message that the broker accepts, in bytes. */
    public int largestMessage() {
        return ClientCnx.getMaxMessageSize();
    }

    /** Whether the topic exists, partitioned or not. Does not create it. */
    public boolean exists(String topic) throws Exception {
        return topics(topic).contains(topic);
    }

    /**
     * Topics of a namespace whose full names have this prefix; a partitioned topic appears once.
     */
    public List<String> topicsBeginningWith(String prefix) throws Exception {
        return topics(prefix).stream().filter(each -> each.startsWith(prefix)).toList();
    }

    private List<String> topics(String topic) throws Exception {
        TopicName name = TopicName.get(topic);
        return await(
                        ((PulsarClientImpl) client)
                                .getLookup()
                                .getTopicsUnderNamespace(
                                        name.getNamespaceObject(), Mode.PERSISTENT, null, null),
                        "to list the topics of " + name.getNamespace())
                .getTopics()
                .stream()
                .map(each -> TopicName.get(each).getPartitionedTopicName())
                .distinct()
                .toList();
    }

    /**
     * The partitions of a topic by name, in order; the topic itself if it has no partitions. A
     * topic that does not exist is created with the admin API, if the broker does not create it.
     */
    public List<String> partitions(String topic) throws Exception {
        String purpose = "for the partitions of " + topic;
        try {
            return await(client.getPartitionsForTopic(topic), purpose);
        } catch (PulsarClientException.NotFoundException
                | PulsarClientException.TopicDoesNotExistException e) {
            createByAdmin(topic, e);
            return await(client.getPartitionsForTopic(topic), purpose);
        }
    }

    /**
     * A durable subscription that retains the messages after its position; it receives none.
     * Creates the topic if it does not exist and the broker allows it.
     */
    public Consumer<byte[]> subscribeDurably(String topic, SubscriptionInitialPosition from)
            throws Exception {
        return subscribeDurably(topic, target.subscription(), from);
    }

    /** A durable subscription with another name. */
    public Consumer<byte[]> subscribeDurably(
            String topic, String name, SubscriptionInitialPosition from) throws Exception {
        try {
            return subscribe(topic, name, from);
        } catch (PulsarClientException.NotFoundException
                | PulsarClientException.TopicDoesNotExistException e) {
            createByAdmin(topic, e);
            return subscribe(topic, name, from);
        }
    }

    private Consumer<byte[]> subscribe(String topic, String name, SubscriptionInitialPosition from)
            throws Exception {
        return await(
                client.newConsumer()
                        .topic(topic)
                        .subscriptionName(name)
                        // several may connect: a stale writer's must not block this one
                        .subscriptionType(SubscriptionType.Failover)
                        .subscriptionInitialPosition(from)
                        .startPaused(true)
                        .receiverQueueSize(1)
                        .subscribeAsync(),
                "to subscribe to " + topic);
    }

    private void createByAdmin(String topic, PulsarClientException missing)
            throws PulsarClientException, DestinationException {
        String adminUrl = target.option("admin_url", "");
        if (adminUrl.isEmpty()) {
            throw new DestinationException(
                    ("topic %s is not there and the broker makes none by itself, or there is no"
                                    + " namespace %s; create it, or give admin_url")
                            .formatted(topic, TopicName.get(topic).getNamespace()),
                    missing);
        }
        try (PulsarAdmin admin = settings.admin(adminUrl)) {
            admin.topics().createNonPartitionedTopic(topic);
        } catch (PulsarAdminException.ConflictException e) {
            // another client created it meanwhile
            return;
        } catch (PulsarAdminException e) {
            throw new DestinationException(
                    "admin_url: topic %s cannot be created: %s".formatted(topic, e.getMessage()),
                    e);
        }
    }

    public Producer<byte[]> producer(String topic, String name, ProducerAccessMode mode)
            throws Exception {
        return await(
                settings.apply(client.newProducer())
                        .topic(topic)
                        .producerName(name)
                        .accessMode(mode)
                        .maxPendingMessages(0)
                        .createAsync(),
                "to produce to " + topic);
    }

    /** A producer for messages in transactions: these must not have a send timeout. */
    public Producer<byte[]> transactionalProducer(String topic) throws Exception {
        return await(
                settings.apply(client.newProducer())
                        .topic(topic)
                        .sendTimeout(0, TimeUnit.MILLISECONDS)
                        .maxPendingMessages(0)
                        .createAsync(),
                "to produce to " + topic);
    }

    /** The client itself, for requests that concern no topic. */
    PulsarClientImpl client() {
        return (PulsarClientImpl) client;
    }

    /** The last message of a topic or partition; empty: it has none. */
    public Optional<MessageId> last(Consumer<byte[]> consumer) throws Exception {
        List<TopicMessageId> ids =
                await(
                        consumer.getLastMessageIdsAsync(),
                        "for the last message of " + consumer.getTopic());
        TopicMessageId id = ids.get(0);
        return ((MessageIdAdv) id).getEntryId() < 0
                ? Optional.empty()
                : Optional.of(MessageId.fromByteArray(id.toByteArray()));
    }

    public ReaderBuilder<byte[]> reader(String topic) {
        return client.newReader().topic(topic);
    }

    public Reader<byte[]> open(ReaderBuilder<byte[]> reader, String topic) throws Exception {
        return await(reader.createAsync(), "to read " + topic);
    }

    /** The next message; empty: no more messages. */
    public Optional<Message<byte[]>> next(Reader<byte[]> reader) throws Exception {
        String purpose = "to read " + reader.getTopic();
        if (!await(reader.hasMessageAvailableAsync(), purpose)) {
            return Optional.empty();
        }
        return Optional.of(await(reader.readNextAsync(), purpose));
    }

    /** Waits for a response until the endpoint's timeout. */
    public <T> T await(CompletableFuture<T> response, String purpose) throws Exception {
        try {
            return response.get(settings.operationTimeout().toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw describe(PulsarErrorClassifier.unwrap(e), purpose);
        } catch (TimeoutException e) {
            throw new PulsarClientException.TimeoutException(
                    "%s did not answer within %d s when asked %s"
                            .formatted(url, settings.operationTimeout().toSeconds(), purpose));
        }
    }

    private Exception describe(Exception failure, String purpose) {
        String message = String.valueOf(failure.getMessage());
        if (failure instanceof PulsarClientException.AuthenticationException) {
            return new PulsarClientException.AuthenticationException(
                    "%s does not let us in (%s); check auth_plugin, auth_token, ssl_cert and ssl_key"
                            .formatted(url, message));
        }
        if (failure instanceof PulsarClientException.AuthorizationException) {
            return new PulsarClientException.AuthorizationException(
                    ("%s does not allow us %s (%s); the role needs produce and consume on the"
                                    + " namespace")
                            .formatted(url, purpose, message));
        }
        if (PulsarErrorClassifier.isMissingNamespace(failure)) {
            return new PulsarClientException.NotFoundException(
                    "%s has no namespace %s (%s); create it, or change database"
                            .formatted(url, TopicName.get(target.topic()).getNamespace(), message));
        }
        if (url.startsWith("pulsar+ssl") && message.contains("Connection already closed")) {
            // the client does not report the cause of a failed handshake
            return new PulsarClientException.ConnectException(
                    ("%s: the connection was closed before it was ready (%s); if that stays so,"
                                    + " check ssl_root_cert, ssl_mode and that the port speaks TLS")
                            .formatted(url, message));
        }
        for (Throwable each = failure; each != null; each = each.getCause()) {
            if (each instanceof ConnectException) {
                // the client's own text only lists the wrapping exceptions
                return new PulsarClientException.ConnectException(
                        "%s cannot be reached: %s".formatted(url, each.getMessage()));
            }
        }
        return failure;
    }

    /** Closes the connection without waiting. */
    public void close() {
        Thread closer = new Thread(this::shutdown, "pulsar-close-" + target.pipeline().mapping());
        closer.setDaemon(true);
        closer.start();
    }

    private void shutdown() {
        try {
            client.shutdown();
        } catch (PulsarClientException e) {
            // the remaining resources end with the connection; nothing to report
            return;
        }
    }
}
