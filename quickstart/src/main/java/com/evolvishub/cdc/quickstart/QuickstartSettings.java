package com.evolvishub.cdc.quickstart;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * Settings of a quickstart.
 *
 * @param config the example file
 * @param customers number of customers in the source at the start
 * @param once whether it ends by itself, after a comparison
 * @param changesFor with {@code once}: how long rows change
 * @param port of the Web UI; 0: any free one
 * @param stateDirectory keeps the server's data and the positions; empty: a temporary directory
 * @param keep whether to keep the temporary directory
 */
record QuickstartSettings(
        Path config,
        int customers,
        boolean once,
        Duration changesFor,
        int port,
        Optional<Path> stateDirectory,
        boolean keep) {}
