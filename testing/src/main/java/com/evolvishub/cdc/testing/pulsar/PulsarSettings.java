package com.evolvishub.cdc.testing.pulsar;

import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * How to start one broker.
 *
 * @param parameters broker settings by name, over the defaults
 * @param data the folder to keep; empty is a temporary one
 * @param tokens whether clients need a token
 * @param tls whether it listens for TLS too
 * @param proxy the port at which clients come in over a proxy; 0: none do
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
                    // a crash is that of the process: what the system has is not lost, and a
                    // subscription does not wait for a disk that others write to
                    .with("journalSyncData", "false")
                    .with("journalPreAllocSizeMB", "1")
                    // a topic that nobody reads or writes for a minute would go, with what is in it
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

    PulsarSettings keptIn(Path folder) {
        return new PulsarSettings(parameters, Optional.of(folder), tokens, tls, proxy);
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
