package com.evolvishub.cdc.source;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.core.LogEvent;
import org.apache.logging.log4j.core.Logger;
import org.apache.logging.log4j.core.appender.AbstractAppender;
import org.apache.logging.log4j.core.config.Property;

/** The log lines of a class at INFO and above, until this is closed. */
public final class CapturedLogLines implements AutoCloseable {

    private final List<String> lines = new CopyOnWriteArrayList<>();
    private final Logger logger;
    private final Level before;
    private final AbstractAppender appender;

    private CapturedLogLines(Class<?> logged) {
        logger = (Logger) LogManager.getLogger(logged);
        before = logger.getLevel();
        appender =
                new AbstractAppender("lines", null, null, true, Property.EMPTY_ARRAY) {
                    @Override
                    public void append(LogEvent event) {
                        lines.add(
                                event.getLevel() + " " + event.getMessage().getFormattedMessage());
                    }
                };
        appender.start();
        logger.addAppender(appender);
        logger.setLevel(Level.INFO);
    }

    public static CapturedLogLines of(Class<?> logged) {
        return new CapturedLogLines(logged);
    }

    public List<String> lines() {
        return List.copyOf(lines);
    }

    @Override
    public void close() {
        logger.removeAppender(appender);
        logger.setLevel(before);
        appender.stop();
    }
}
