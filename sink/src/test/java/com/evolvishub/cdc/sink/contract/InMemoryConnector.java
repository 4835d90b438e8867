package com.evolvishub.cdc.sink.contract;

import com.evolvishub.cdc.planner.physical.Pipeline;
import com.evolvishub.cdc.planner.spec.endpoint.ConnectionSpec;
import com.evolvishub.cdc.planner.spec.endpoint.EndpointSpec;
import com.evolvishub.cdc.planner.spec.endpoint.Secret;
import com.evolvishub.cdc.planner.spec.endpoint.TlsSpec;
import com.evolvishub.cdc.planner.spi.DestinationOption;
import com.evolvishub.cdc.planner.spi.DestinationType;
import com.evolvishub.cdc.planner.spi.EndpointProblem;
import com.evolvishub.cdc.runtime.row.ChangeRow;
import com.evolvishub.cdc.runtime.row.RowSchema;
import com.evolvishub.cdc.sink.failure.FailureKind;
import com.evolvishub.cdc.sink.progress.Progress;
import com.evolvishub.cdc.sink.progress.WriterIdentity;
import com.evolvishub.cdc.sink.spi.DestinationClient;
import com.evolvishub.cdc.sink.spi.DestinationConnector;
import com.evolvishub.cdc.sink.spi.RecoveredProgress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Destinations of type {@code memory}: one {@link InMemoryDestination} for each table's name. */
public final class InMemoryConnector implements DestinationConnector {

    public static EndpointSpec endpoint(String table) {
        return new EndpointSpec(
                "memory",
                new ConnectionSpec(
                        "",
                        1,
                        "",
                        "",
                        Secret.NONE,
                        TlsSpec.UNSET,
                        Duration.ofSeconds(1),
                        List.of()),
                "",
                table,
                List.of());
    }

    @Override
    public DestinationType type() {
        return new MemoryType();
    }

    @Override
    public DestinationClient client(Pipeline pipeline) {
        return new MemoryClient(pipeline);
    }

    private static final class MemoryClient implements DestinationClient {

        private final Pipeline pipeline;
        private final InMemoryDestination destination;
        private long epoch;
        private long number;
        private String writer = "";
        private Progress expected = Progress.NONE;
        private String table = "";
        private boolean connected;

        MemoryClient(Pipeline pipeline) {
            this.pipeline = pipeline;
            this.destination = InMemoryDestination.at(pipeline.deliver().destination().table());
        }

        @Override
        public RecoveredProgress open(WriterIdentity lane) throws Exception {
            RecoveredProgress opening =
                    destination.open(lane, expected, InMemoryDestination.goesOn(pipeline));
            epoch = opening.epoch();
            writer = lane.writer();
            number = destination.lastNumber();
            connected = true;
            return opening;
        }

        @Override
        public List<String> check(RowSchema schema) {
            return List.of();
        }

        @Override
        public Optional<Progress> progress() {
            return destination.told();
        }

        @Override
        public void expectProgress(Progress acknowledged) {
            expected = acknowledged;
        }

        @Override
        public String targetId() {
            return table;
        }

        @Override
        public Duration writeTimeout() {
            return destination.timeout();
        }

        @Override
        public void prepare(RowSchema schema) throws Exception {
            destination.reach();
            table = destination.tableFor(expected, pipeline);
        }

        @Override
        public void write(List<ChangeRow> rows) throws Exception {
            destination.write(epoch, writer, number, table, rows);
            number = rows.get(rows.size() - 1).sequence();
        }

        @Override
        public boolean supportsDeadLetters() {
            return true;
        }

        @Override
        public void writeDeadLetter(ChangeRow row, String error) {
            destination.bury(row, error);
            number = row.sequence();
        }

        @Override
        public FailureKind classify(Exception failure) {
            // as clients do that do not know what their libraries throw for a broken connection
            return FailureKind.TRANSIENT;
        }

        @Override
        public boolean upserts(RowSchema schema) {
            return destination.upserts();
        }

        @Override
        public void onReleaseRequested(Runnable leave) {
            destination.whenWanted(leave);
        }

        @Override
        public void close() {
            if (connected) {
                connected = false;
                destination.disconnected();
            }
        }
    }

    private static final class MemoryType implements DestinationType {
        @Override
        public String name() {
            return "memory";
        }

        @Override
        public int defaultPort() {
            return 1;
        }

        @Override
        public boolean supportsKeys() {
            return true;
        }

        @Override
        public List<DestinationOption> options() {
            return List.of();
        }

        @Override
        public List<EndpointProblem> check(EndpointSpec endpoint) {
            return List.of();
        }

        @Override
        public String label(EndpointSpec endpoint) {
            return "memory " + endpoint.table();
        }

        @Override
        public String exactlyOnceExplanation() {
            return "one lock";
        }
    }
}
