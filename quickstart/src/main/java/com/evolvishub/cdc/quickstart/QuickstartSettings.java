package com.evolvishub.cdc.quickstart;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * What a quickstart shall do.
 *
 * @param config the example file
 * @param customers how many customers the source begins with
 * @param once whether it ends by itself, with a comparison
 * @param changesFor how long rows change when it does
 * @param port of the Web UI; 0: any free one
 * @param stateDirectory where server and positions are kept; empty: a temporary folder
 * @param keep whether the temporary folder stays too
 */
record QuickstartSettings(
        Path config,
        int customers,
        boolean once,
        Duration changesFor,
        int port,
        Optional<Path> stateDirectory,
        boolean keep) {}
