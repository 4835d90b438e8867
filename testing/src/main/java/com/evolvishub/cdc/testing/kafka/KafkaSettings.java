package com.evolvishub.cdc.testing.kafka;

import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Settings to start one broker.
 *
 * @param parameters settings by name, as in server.properties
 * @param users passwords by name; empty: no login is required, and no ACLs are enforced
 * @param data the directory to keep; empty: a temporary one
 * @param port of the listener without login; 0: any free port
 * @param proxy the port of the proxy that {@link KafkaListener#BEHIND_PROXY} advertises; 0: no
 *     proxy
 * @param stopsWithJvm whether a shutdown hook stops the broker
 */
record KafkaSettings(
        Map<String, String> parameters,
        Map<String, String> users,
        Optional<Path> data,
        int port,
        int proxy,
        boolean stopsWithJvm) {

    /** One small node; the data may be lost when the machine crashes. */
    static final KafkaSettings DEFAULTS =
            new KafkaSettings(Map.of(), Map.of(), Optional.empty(), 0, 0, true)
                    .with("auto.create.topics.enable", "false")
                    .with("offsets.topic.replication.factor", "1")
                    .with("offsets.topic.num.partitions", "1")
                    .with("transaction.state.log.replication.factor", "1")
                    .with("transaction.state.log.min.isr", "1")
                    .with("transaction.state.log.num.partitions", "1")
                    .with("transaction.abort.timed.out.transaction.cleanup.interval.ms", "200")
                    .with("group.initial.rebalance.delay.ms", "0")
                    .with("num.network.threads", "2")
                    .with("num.io.threads", "4")
                    .with("background.threads", "2")
                    .with("log.cleaner.dedupe.buffer.size", "8388608")
                    // a killed broker can register again only after its old session has expired; a
                    // broker that stalls longer than the session loses the leadership of its topics
                    .with("broker.heartbeat.interval.ms", "500")
                    .with("broker.session.timeout.ms", "5000")
                    .with("controlled.shutdown.enable", "false");

    KafkaSettings {
        parameters = Collections.unmodifiableMap(new LinkedHashMap<>(parameters));
        users = Collections.unmodifiableMap(new LinkedHashMap<>(users));
    }

    KafkaSettings with(String name, String value) {
        Map<String, String> more = new LinkedHashMap<>(parameters);
        more.put(name, value);
        return new KafkaSettings(more, users, data, port, proxy, stopsWithJvm);
    }

    KafkaSettings withUser(String name, String password) {
        Map<String, String> more = new LinkedHashMap<>(users);
        more.put(name, password);
        return new KafkaSettings(parameters, more, data, port, proxy, stopsWithJvm);
    }
}
