package com.evolvishub.cdc.testing.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClassDataArchiveTest {

    private static final String PROPERTY = "class.archives";

    @TempDir private Path directory;

    private final String previousValue = System.getProperty(PROPERTY, "");
    private String classPath;

    @BeforeEach
    void createJar() throws IOException {
        System.setProperty(PROPERTY, directory.resolve("archives").toString());
        classPath = Files.writeString(directory.resolve("a.jar"), "classes").toString();
    }

    @AfterEach
    void restoreProperty() {
        System.setProperty(PROPERTY, previousValue);
    }

    private ClassDataArchive archive() {
        return ClassDataArchive.of("tool", classPath);
    }

    /** Writes the archive like a JVM with these options that exits. */
    private static void writeArchive(List<String> options) throws IOException {
        String option = options.get(0);
        assertThat(option).startsWith("-XX:ArchiveClassesAtExit=");
        Files.writeString(Path.of(option.substring(option.indexOf('=') + 1)), "archive");
    }

    @Test
    void isCreatedByOneJvmAndUsedByAllLaterOnes() throws IOException {
        assertThat(archive().isMissing()).isTrue();
        ClassDataArchive making = archive();
        List<String> options = making.useOrMake();
        assertThat(archive().isMissing()).as("while somebody makes it").isFalse();
        assertThat(archive().useOrMake()).as("while somebody makes it").isEmpty();
        assertThat(making.isMaking()).isTrue();

        writeArchive(options);
        assertThat(archive().use()).as("before its JVM has ended").isEmpty();
        making.ended();

        assertThat(archive().use()).first().asString().startsWith("-XX:SharedArchiveFile=");
        assertThat(archive().useOrMake()).isEqualTo(archive().use());
    }

    @Test
    void isCreatedByAnotherJvmAfterTheFirstWasKilled() {
        ClassDataArchive killed = archive();
        killed.useOrMake();
        killed.killed();

        assertThat(archive().useOrMake()).isNotEmpty();
    }

    @Test
    void isCreatedAgainForOtherJarsAndReplacesTheOld() throws IOException {
        ClassDataArchive old = archive();
        writeArchive(old.useOrMake());
        old.ended();
        Files.writeString(directory.resolve("a.jar"), "other classes");

        ClassDataArchive fresh = archive();
        assertThat(fresh.use()).isEmpty();
        writeArchive(fresh.useOrMake());
        fresh.ended();

        assertThat(directory.resolve("archives").toFile().list())
                .singleElement()
                .asString()
                .endsWith(".jsa");
    }

    @Test
    void isNotUsedWithADirectoryOnTheClassPathOrWithoutAnArchiveDirectory() {
        assertThat(ClassDataArchive.of("tool", classPath + ":" + directory).useOrMake()).isEmpty();

        System.setProperty(PROPERTY, "");
        assertThat(archive().useOrMake()).isEmpty();
    }
}
