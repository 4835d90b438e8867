package com.evolvishub.cdc.quickstart.events;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;

/** Follows all three topics, and tells what has arrived since it was asked last. */
final class TopicFollower implements AutoCloseable {
    private static final int SHOWN = 110;

    private final Map<EventMapping, MessageReader> buses = new LinkedHashMap<>();
    private final Map<EventMapping, Long> seen = new LinkedHashMap<>();

    TopicFollower(EventServers servers) throws Exception {
        try {
            for (EventMapping route : EventMapping.ALL) {
                buses.put(route, servers.bus(route));
            }
        } catch (Exception e) {
            close();
            throw e;
        }
    }

    /** One line for each topic that has something new: how much, and the newest message. */
    void printNew(Consumer<String> out) throws Exception {
        for (Map.Entry<EventMapping, MessageReader> each : buses.entrySet()) {
            List<ConsumedMessage> fresh = each.getValue().readNew();
            if (!fresh.isEmpty()) {
                long all = seen.merge(each.getKey(), (long) fresh.size(), Long::sum);
                out.accept(line(each.getKey(), fresh, all));
            }
        }
    }

    /** Whether every topic has had something. */
    boolean hasMessagesInAll() {
        return seen.size() == buses.size();
    }

    private static String line(EventMapping route, List<ConsumedMessage> fresh, long all) {
        ConsumedMessage newest = fresh.get(fresh.size() - 1);
        String text = newest.key() + " " + newest.payload().orElse("deleted");
        return String.format(
                Locale.ROOT,
                "%-16s %,9d messages, %,7d new; newest %s",
                route.topic(),
                all,
                fresh.size(),
                text.length() > SHOWN ? text.substring(0, SHOWN) + "…" : text);
    }

    @Override
    public void close() {
        buses.values().forEach(MessageReader::close);
        buses.clear();
    }
}
