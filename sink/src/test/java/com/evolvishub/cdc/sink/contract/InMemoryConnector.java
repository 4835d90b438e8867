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

/**
 * Connector for destinations of type {@code memory}: one {@link InMemoryDestination} per table
 * name.
 */
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
        return new InMemoryType();
    }

    @Override
    public DestinationClient client(Pipeline pipeline) {
        return new InMemoryClient(pipeline);
    }

    private static final class InMemoryClient implements DestinationClient {

        private final Pipeline pipeline;
        private final InMemoryDestination destination;
        private long epoch;
        private long lastSequence;
        private String writer = "";
        private Progress expected = Progress.NONE;
        private String table = "";
        private boolean connected;

        InMemoryClient(Pipeline pipeline) {
            this.pipeline = pipeline;
            this.destination = InMemoryDestination.at(pipeline.deliver().destination().table());
        }

        @Override
        public RecoveredProgress open(WriterIdentity writerIdentity) throws Exception {
            RecoveredProgress recovered =
                    destination.open(
                            writerIdentity,
                            expected,
                            InMemoryDestination.acceptsReplacedTable(pipeline));
            epoch = recovered.epoch();
            writer = writerIdentity.writer();
            lastSequence = destination.lastNumber();
            connected = true;
            return recovered;
        }

        @Override
        public List<String> check(RowSchema schema) {
            return List.of();
        }

        @Override
        public Optional<Progress> progress() {
            return destination.reportedProgress();
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
            destination.checkAvailable();
            table = destination.tableFor(expected, pipeline);
        }

        @Override
        public void write(List<ChangeRow> rows) throws Exception {
            destination.write(epoch, writer, lastSequence, table, rows);
            lastSequence = rows.get(rows.size() - 1).sequence();
        }

        @Override
        public boolean supportsDeadLetters() {
            return true;
        }

        @Override
        public void writeDeadLetter(ChangeRow row, String error) {
            destination.addDeadLetter(row, error);
            lastSequence = row.sequence();
        }

        @Override
        public FailureKind classify(Exception failure) {
            // like a client that cannot classify its library's connection errors
            return FailureKind.TRANSIENT;
        }

        @Override
        public boolean upserts(RowSchema schema) {
            return destination.upserts();
        }

        @Override
        public void onReleaseRequested(Runnable release) {
            destination.onReleaseRequested(release);
        }

        @Override
        public void close() {
            if (connected) {
                connected = false;
                destination.disconnected();
            }
        }
    }

    private static final class InMemoryType implements DestinationType {
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
