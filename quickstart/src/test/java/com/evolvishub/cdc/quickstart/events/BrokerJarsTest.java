package com.evolvishub.cdc.quickstart.events;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.evolvishub.cdc.testing.process.ServerUnavailableException;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BrokerJarsTest {
    @TempDir private Path directory;

    @Test
    void findsTheJarsOfTheBuild() {
        assertThatCode(BrokerJars::require).doesNotThrowAnyException();
    }

    @Test
    void namesTheMissingJarAndTheRemedy() throws Exception {
        Path existing = Files.createFile(directory.resolve("there.jar"));
        Path missing = directory.resolve("gone.jar");

        assertThatThrownBy(
                        () ->
                                BrokerJars.requireAll(
                                        "kafka.classpath", existing + File.pathSeparator + missing))
                .isInstanceOf(ServerUnavailableException.class)
                .hasMessageContaining(missing.toString())
                .hasMessageContaining("make build");
    }
}
