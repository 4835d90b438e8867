package com.evolvishub.cdc.planner.config;

import com.evolvishub.cdc.planner.problem.PlanException;
import com.evolvishub.cdc.planner.problem.Problem;
import com.evolvishub.cdc.planner.spec.endpoint.EndpointSpec;
import com.evolvishub.cdc.planner.spi.DestinationTypes;
import com.evolvishub.cdc.planner.spi.KafkaDestinationType;
import com.evolvishub.cdc.planner.spi.PostgresDestinationType;
import com.evolvishub.cdc.planner.spi.PulsarDestinationType;
import com.evolvishub.cdc.planner.spi.RedisStreamsDestinationType;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** A reader with an environment that the test defines. */
final class SpecReaderFixture {

    static final DestinationTypes TYPES =
            new DestinationTypes(
                    List.of(
                            new PostgresDestinationType(),
                            new KafkaDestinationType(),
                            new PulsarDestinationType(),
                            new RedisStreamsDestinationType()));

    static final Path EXAMPLES = Path.of("..", "examples");

    private final Map<String, String> environment = new HashMap<>();
    private final Map<String, String> secretFiles = new HashMap<>();

    static SpecReaderFixture plain() {
        return new SpecReaderFixture();
    }

    SpecReaderFixture with(String variable, String value) {
        environment.put(variable, value);
        return this;
    }

    SpecReaderFixture withFile(String path, String text) {
        secretFiles.put(path, text);
        return this;
    }

    SpecDocument read(String text) {
        return read("file.yaml", text);
    }

    SpecDocument read(String fileName, String text) {
        return new SpecReader(
                        TYPES,
                        name -> Optional.ofNullable(environment.get(name)),
                        path -> Optional.ofNullable(secretFiles.get(path)))
                .read(fileName, text);
    }

    /** The problems that the reader finds, one line each. */
    List<String> problems(String text) {
        return problems("file.yaml", text);
    }

    List<String> problems(String fileName, String text) {
        try {
            read(fileName, text);
            return List.of();
        } catch (PlanException e) {
            return e.problems().stream().map(Problem::toString).toList();
        }
    }

    static String label(EndpointSpec endpoint) {
        return TYPES.find(endpoint.type()).orElseThrow().label(endpoint);
    }

    static String resource(String name) {
        try (InputStream in = SpecReaderFixture.class.getResourceAsStream(name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static void write(Path file, String text) {
        try {
            Files.writeString(file, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static List<Path> examples() {
        try (Stream<Path> files = Files.list(EXAMPLES)) {
            return files.filter(file -> file.toString().endsWith(".yaml")).sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
