package com.evolvishub.cdc.delivery;

import com.evolvishub.cdc.flow.ChangeRow;
import com.evolvishub.cdc.flow.RowSchema;
import com.evolvishub.cdc.planner.destination.DestinationType;
import com.evolvishub.cdc.planner.destination.EndpointProblem;
import com.evolvishub.cdc.planner.destination.OptionKey;
import com.evolvishub.cdc.planner.physical.Pipeline;
import com.evolvishub.cdc.planner.spec.ConnectionSpec;
import com.evolvishub.cdc.planner.spec.EndpointSpec;
import com.evolvishub.cdc.planner.spec.Secret;
import com.evolvishub.cdc.planner.spec.TlsSpec;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Destinations of type {@code memory}: one {@link MemoryDestination} for each table's name. */
public final class MemoryConnector implements DestinationConnector {

    static EndpointSpec endpoint(String table) {
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
        private final MemoryDestination destination;
        private long epoch;
        private long number;
        private String writer = "";
        private Progress expected = Progress.NONE;
        private String table = "";
        private boolean connected;

        MemoryClient(Pipeline pipeline) {
            this.pipeline = pipeline;
            this.destination = MemoryDestination.at(pipeline.deliver().destination().table());
        }

        @Override
        public LaneOpening open(Lane lane) throws Exception {
            LaneOpening opening =
                    destination.open(lane, expected, MemoryDestination.goesOn(pipeline));
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
        public void expect(Progress acknowledged) {
            expected = acknowledged;
        }

        @Override
        public String targetIdentity() {
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
        public boolean keepsDeadLetters() {
            return true;
        }

        @Override
        public void writeDeadLetter(ChangeRow row, String error) {
            destination.bury(row, error);
            number = row.sequence();
        }

        @Override
        public Failure classify(Exception failure) {
            // as clients do that do not know what their libraries throw for a broken connection
            return Failure.TRANSIENT;
        }

        @Override
        public boolean upserts(RowSchema schema) {
            return destination.upserts();
        }

        @Override
        public void whenWanted(Runnable leave) {
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
        public boolean keyed() {
            return true;
        }

        @Override
        public List<OptionKey> options() {
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
        public String exactlyOnce() {
            return "one lock";
        }
    }
}
