package com.evolvishub.cdc.playground.events;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;

/** Follows all three topics, and tells what has arrived since it was asked last. */
final class Arrivals implements AutoCloseable {
    private static final int SHOWN = 110;

    private final Map<Route, Bus> buses = new LinkedHashMap<>();
    private final Map<Route, Long> seen = new LinkedHashMap<>();

    Arrivals(EventServers servers) throws Exception {
        try {
            for (Route route : Route.ALL) {
                buses.put(route, servers.bus(route));
            }
        } catch (Exception e) {
            close();
            throw e;
        }
    }

    /** One line for each topic that has something new: how much, and the newest message. */
    void tell(Consumer<String> out) throws Exception {
        for (Map.Entry<Route, Bus> each : buses.entrySet()) {
            List<BusMessage> fresh = each.getValue().readOn();
            if (!fresh.isEmpty()) {
                long all = seen.merge(each.getKey(), (long) fresh.size(), Long::sum);
                out.accept(line(each.getKey(), fresh, all));
            }
        }
    }

    /** Whether every topic has had something. */
    boolean everywhere() {
        return seen.size() == buses.size();
    }

    private static String line(Route route, List<BusMessage> fresh, long all) {
        BusMessage newest = fresh.get(fresh.size() - 1);
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
        buses.values().forEach(Bus::close);
        buses.clear();
    }
}
