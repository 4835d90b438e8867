package com.evolvishub.cdc.connectors.kafka.session;

import com.evolvishub.cdc.sink.failure.DestinationException;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The Kafka clients of one pipeline. Used by one thread; any other thread may call {@link #close},
 * which ends the calls that wait.
 */
public final class KafkaSession {

    private static final Logger LOG = LoggerFactory.getLogger(KafkaSession.class);

    private final KafkaClientSettings settings;
    private final Map<Object, AutoCloseable> open = new HashMap<>();
    private volatile boolean closed;
    private Admin admin;

    public KafkaSession(KafkaClientSettings settings) {
        this.settings = settings;
    }

    public Admin admin() throws DestinationException, UnknownHostException {
        if (admin == null) {
            Admin client = make(settings.admin(), Admin::create);
            register(client, () -> client.close(Duration.ZERO));
            admin = client;
        }
        return admin;
    }

    public Producer<byte[], byte[]> producer(
            OptionalLong largestMessage, Optional<String> transactionalId)
            throws DestinationException, UnknownHostException {
        Producer<byte[], byte[]> client =
                make(
                        settings.producer(largestMessage, transactionalId),
                        values ->
                                new KafkaProducer<>(
                                        values,
                                        new ByteArraySerializer(),
                                        new ByteArraySerializer()));
        register(client, () -> client.close(Duration.ZERO));
        return client;
    }

    /** A consumer that its caller closes; no other thread may close it. */
    public Consumer<byte[], byte[]> consumer(IsolationLevel level)
            throws DestinationException, UnknownHostException {
        return make(
                settings.consumer(level),
                values ->
                        new KafkaConsumer<>(
                                values, new ByteArrayDeserializer(), new ByteArrayDeserializer()));
    }

    private <T> T make(Map<String, Object> values, Function<Map<String, Object>, T> maker)
            throws DestinationException, UnknownHostException {
        requireKnownHost();
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        // Kafka loads its login modules from this class loader; on Flink it must be this class's
        thread.setContextClassLoader(KafkaSession.class.getClassLoader());
        try {
            return maker.apply(values);
        } catch (KafkaException e) {
            throw new DestinationException(
                    "cannot set up Kafka's client: " + settings.redacted(rootMessage(e)));
        } finally {
            thread.setContextClassLoader(before);
        }
    }

    private static String rootMessage(Throwable failure) {
        Throwable root = failure;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return String.valueOf(root.getMessage());
    }

    /** Kafka reports a name it cannot resolve like an error in a setting. */
    private void requireKnownHost() throws UnknownHostException {
        for (String server : settings.servers().split(",", -1)) {
            String trimmed = server.strip();
            String host = trimmed.substring(0, trimmed.lastIndexOf(':'));
            if (!new InetSocketAddress(host, 1).isUnresolved()) {
                return;
            }
        }
        throw new UnknownHostException(
                "no address is known for %s; look at host or bootstrap_servers"
                        .formatted(settings.servers()));
    }

    private void register(Object client, AutoCloseable closer) {
        synchronized (open) {
            if (!closed) {
                open.put(client, closer);
                return;
            }
        }
        close(closer);
        stopIfClosed();
    }

    /** Closes a producer immediately, whatever it is doing. */
    public void close(Producer<byte[], byte[]> producer) {
        AutoCloseable closer;
        synchronized (open) {
            closer = open.remove(producer);
        }
        if (closer != null) {
            close(closer);
        }
    }

    public void stopIfClosed() {
        if (closed) {
            throw new KafkaException("closed");
        }
    }

    /** Closes all connections immediately, also those in use by another thread. */
    public void close() {
        closed = true;
        List<AutoCloseable> all;
        synchronized (open) {
            all = List.copyOf(open.values());
            open.clear();
        }
        all.forEach(KafkaSession::close);
    }

    private static void close(AutoCloseable each) {
        try {
            each.close();
        } catch (Exception e) {
            // the connection is closed anyway; the thread keeps its interrupt flag
            LOG.debug("closing a client of Kafka", e);
        }
    }
}
