package com.evolvishub.cdc.quickstart.events;

import com.evolvishub.cdc.testing.process.ServerUnavailableException;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Checks the jars of the brokers, which are in the build's Maven repository; class path files list
 * them.
 */
final class BrokerJars {
    private static final List<String> LISTS = List.of("kafka.classpath", "pulsar.classpath");

    private BrokerJars() {}

    /**
     * Checks that every listed jar exists.
     *
     * @throws ServerUnavailableException if a jar is missing; the message holds the remedy
     */
    static void require() {
        for (String list : LISTS) {
            requireAll(list, read(list));
        }
    }

    static void requireAll(String list, String jars) {
        for (String jar : jars.strip().split(File.pathSeparator, -1)) {
            if (!Files.isReadable(Path.of(jar))) {
                throw new ServerUnavailableException(
                        "%s names %s, which is not there (any more). The brokers of the quickstart run from the Maven repository of the build and are not part of an installed copy: run `make build` in the source tree, then bin/evolvishub-cdc there (or `make install` again)"
                                .formatted(list, jar));
            }
        }
    }

    private static String read(String list) {
        try (InputStream in =
                BrokerJars.class.getResourceAsStream(
                        "/com/evolvishub/cdc/testing/brokers/" + list)) {
            if (in == null) {
                throw new ServerUnavailableException(
                        list + " is not part of this build: run `make build` in the source tree");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
