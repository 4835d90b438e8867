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
    @TempDir private Path folder;

    @Test
    void findsTheJarsOfTheBuild() {
        assertThatCode(BrokerJars::require).doesNotThrowAnyException();
    }

    @Test
    void saysWhichJarIsGoneAndWhatToDo() throws Exception {
        Path there = Files.createFile(folder.resolve("there.jar"));
        Path gone = folder.resolve("gone.jar");

        assertThatThrownBy(
                        () ->
                                BrokerJars.requireAll(
                                        "kafka.classpath", there + File.pathSeparator + gone))
                .isInstanceOf(ServerUnavailableException.class)
                .hasMessageContaining(gone.toString())
                .hasMessageContaining("make build");
    }
}
