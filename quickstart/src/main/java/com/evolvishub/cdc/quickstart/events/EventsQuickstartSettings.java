package com.evolvishub.cdc.quickstart.events;

import java.nio.file.Path;
import java.time.Duration;

/**
 * Settings of a quickstart of the message brokers.
 *
 * @param config the example file
 * @param customers number of customers in the shop at the start
 * @param once whether it ends by itself, after a comparison
 * @param changesFor with {@code once}: how long rows change
 * @param port of the Web UI; 0: any free one
 * @param folder the directory for data and state
 */
public record EventsQuickstartSettings(
        Path config, int customers, boolean once, Duration changesFor, int port, Path folder) {}
