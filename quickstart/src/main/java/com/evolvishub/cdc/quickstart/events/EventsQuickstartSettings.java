package com.evolvishub.cdc.quickstart.events;

import java.nio.file.Path;
import java.time.Duration;

/**
 * What a quickstart of the event buses shall do.
 *
 * @param config the example file
 * @param customers how many customers the shop begins with
 * @param once whether it ends by itself, with a comparison
 * @param changesFor how long rows change when it does
 * @param port of the Web UI; 0: any free one
 * @param folder for data and state
 */
public record EventsQuickstartSettings(
        Path config, int customers, boolean once, Duration changesFor, int port, Path folder) {}
