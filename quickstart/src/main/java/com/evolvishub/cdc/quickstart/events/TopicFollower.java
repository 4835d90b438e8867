package com.evolvishub.cdc.quickstart.events;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;

/** Reads all three topics and prints what has arrived since the last call. */
final class TopicFollower implements AutoCloseable {
    private static final int MAX_SHOWN = 110;

    private final Map<EventMapping, MessageReader> readers = new LinkedHashMap<>();
    private final Map<EventMapping, Long> totals = new LinkedHashMap<>();

    TopicFollower(EventServers servers) throws Exception {
        try {
            for (EventMapping mapping : EventMapping.ALL) {
                readers.put(mapping, servers.bus(mapping));
            }
        } catch (Exception e) {
            close();
            throw e;
        }
    }

    /** Prints a line for each topic with new messages: their number and the newest one. */
    void printNew(Consumer<String> out) throws Exception {
        for (Map.Entry<EventMapping, MessageReader> each : readers.entrySet()) {
            List<ConsumedMessage> newMessages = each.getValue().readNew();
            if (!newMessages.isEmpty()) {
                long total = totals.merge(each.getKey(), (long) newMessages.size(), Long::sum);
                out.accept(line(each.getKey(), newMessages, total));
            }
        }
    }

    /** Whether every topic has had messages. */
    boolean hasMessagesInAll() {
        return totals.size() == readers.size();
    }

    private static String line(
            EventMapping mapping, List<ConsumedMessage> newMessages, long total) {
        ConsumedMessage newest = newMessages.get(newMessages.size() - 1);
        String text = newest.key() + " " + newest.payload().orElse("deleted");
        return String.format(
                Locale.ROOT,
                "%-16s %,9d messages, %,7d new; newest %s",
                mapping.topic(),
                total,
                newMessages.size(),
                text.length() > MAX_SHOWN ? text.substring(0, MAX_SHOWN) + "…" : text);
    }

    @Override
    public void close() {
        readers.values().forEach(MessageReader::close);
        readers.clear();
    }
}
