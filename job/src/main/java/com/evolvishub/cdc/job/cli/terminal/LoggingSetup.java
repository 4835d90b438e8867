package com.evolvishub.cdc.job.cli.terminal;

import com.evolvishub.cdc.planner.spec.LogLevel;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.core.config.Configurator;
import org.apache.logging.log4j.core.config.builder.api.AppenderComponentBuilder;
import org.apache.logging.log4j.core.config.builder.api.ConfigurationBuilder;
import org.apache.logging.log4j.core.config.builder.api.ConfigurationBuilderFactory;
import org.apache.logging.log4j.core.config.builder.impl.BuiltConfiguration;

/**
 * Configures logging: our lines at the requested level, Flink's only from ERROR (INFO with DEBUG).
 */
public final class LoggingSetup {

    private static final String PATTERN = "%d{HH:mm:ss} %-5p %m%n%ex{0}";
    private static final String FULL_PATTERN = "%d %-5p [%t] %c{1}: %m%n%ex";

    private static final List<String> CLIENTS =
            List.of(
                    "org.apache.kafka.clients.NetworkClient",
                    "org.apache.kafka.clients.admin.KafkaAdminClient",
                    "org.apache.kafka.clients.admin.internals",
                    "org.apache.kafka.clients.consumer.internals",
                    "org.apache.kafka.clients.producer.internals",
                    "org.apache.pulsar.client.impl");

    private LoggingSetup() {}

    /**
     * Takes effect immediately, for all loggers.
     *
     * @param file the log file; empty: standard error
     */
    public static void configure(LogLevel level, Optional<Path> file) {
        Level ours =
                switch (level) {
                    case DEBUG -> Level.DEBUG;
                    case INFO -> Level.INFO;
                    case WARNING -> Level.WARN;
                    case ERROR -> Level.ERROR;
                };
        boolean debug = level == LogLevel.DEBUG;
        ConfigurationBuilder<BuiltConfiguration> builder =
                ConfigurationBuilderFactory.newConfigurationBuilder();
        builder.setShutdownHook("disable");
        AppenderComponentBuilder appender =
                file.isPresent()
                        ? builder.newAppender("log", "File")
                                .addAttribute("fileName", file.get().toString())
                        : builder.newAppender("log", "Console")
                                .addAttribute("target", "SYSTEM_ERR");
        appender.add(
                builder.newLayout("PatternLayout")
                        .addAttribute(
                                "pattern", debug || file.isPresent() ? FULL_PATTERN : PATTERN));
        builder.add(appender);
        builder.add(builder.newLogger("com.evolvishub.cdc", ours));
        // Flink logs a warning per checkpoint for every sink, and at start-up one for each default
        builder.add(builder.newLogger("org.apache.flink", debug ? Level.INFO : Level.ERROR));
        builder.add(builder.newLogger("org.apache.pekko", Level.ERROR));
        // the clients log a line per connection attempt; we report a lost connection once
        Level clientLevel = debug ? Level.INFO : Level.ERROR;
        for (String client : CLIENTS) {
            builder.add(builder.newLogger(client, clientLevel));
        }
        builder.add(
                builder.newRootLogger(debug ? Level.INFO : Level.WARN)
                        .add(builder.newAppenderRef("log")));
        Configurator.reconfigure(builder.build());
    }
}
