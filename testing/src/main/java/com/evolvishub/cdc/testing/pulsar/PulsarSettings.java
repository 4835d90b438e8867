package com.evolvishub.cdc.testing.pulsar;

import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Settings to start one broker.
 *
 * @param parameters broker settings by name, including the defaults
 * @param data the directory to keep; empty: a temporary one
 * @param tokens whether clients need a token
 * @param tls whether there is a TLS port
 * @param proxy the port of the proxy that the broker advertises; 0: no proxy
 */
record PulsarSettings(
        Map<String, String> parameters,
        Optional<Path> data,
        boolean tokens,
        boolean tls,
        int proxy) {

    static final PulsarSettings DEFAULTS =
            new PulsarSettings(Map.of(), Optional.empty(), false, false, 0)
                    .with("systemTopicEnabled", "true")
                    .with("topicLevelPoliciesEnabled", "true")
                    .with("acknowledgmentAtBatchIndexLevelEnabled", "true")
                    .with("managedLedgerDefaultEnsembleSize", "1")
                    .with("managedLedgerDefaultWriteQuorum", "1")
                    .with("managedLedgerDefaultAckQuorum", "1")
                    .with("managedLedgerCacheSizeMB", "32")
                    .with("defaultNumberOfNamespaceBundles", "4")
                    .with("loadBalancerEnabled", "false")
                    .with("numIOThreads", "2")
                    .with("numHttpServerThreads", "8")
                    // tests crash the process, not the machine, so no data is lost without a sync;
                    // with syncs, subscriptions would wait for a busy disk
                    .with("journalSyncData", "false")
                    .with("journalPreAllocSizeMB", "1")
                    // else an inactive topic is deleted with its messages after a minute
                    .with("brokerDeleteInactiveTopicsEnabled", "false")
                    .with("brokerShutdownTimeoutMs", "1000");

    PulsarSettings {
        parameters = Collections.unmodifiableMap(new LinkedHashMap<>(parameters));
    }

    PulsarSettings with(String name, String value) {
        Map<String, String> more = new LinkedHashMap<>(parameters);
        more.put(name, value);
        return new PulsarSettings(more, data, tokens, tls, proxy);
    }

    PulsarSettings keptIn(Path directory) {
        return new PulsarSettings(parameters, Optional.of(directory), tokens, tls, proxy);
    }

    PulsarSettings askingForTokens() {
        return new PulsarSettings(parameters, data, true, tls, proxy);
    }

    PulsarSettings speakingTls() {
        return new PulsarSettings(parameters, data, tokens, true, proxy);
    }

    PulsarSettings behind(int port) {
        return new PulsarSettings(parameters, data, tokens, tls, port);
    }
}
