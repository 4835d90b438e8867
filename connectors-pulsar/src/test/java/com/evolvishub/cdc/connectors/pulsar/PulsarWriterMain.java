package com.evolvishub.cdc.connectors.pulsar;

import com.evolvishub.cdc.connectors.pulsar.writer.PulsarDestinationClient;
import com.evolvishub.cdc.planner.spec.endpoint.ConnectionSpec;
import com.evolvishub.cdc.planner.spec.endpoint.EndpointSpec;
import com.evolvishub.cdc.planner.spec.endpoint.Secret;
import com.evolvishub.cdc.planner.spec.endpoint.TlsSpec;
import com.evolvishub.cdc.sink.contract.TestPipeline;
import com.evolvishub.cdc.sink.failure.FencedException;
import com.evolvishub.cdc.sink.progress.WriterIdentity;
import java.util.List;

/** A program that writes rows until it is killed or fenced, and prints a line for each step. */
public final class PulsarWriterMain {

    private static final int BATCH = 300;

    private PulsarWriterMain() {}

    /**
     * Runs the writer.
     *
     * @param arguments host, port, topic, run
     */
    public static void main(String[] arguments) throws Exception {
        EndpointSpec endpoint =
                new EndpointSpec(
                        "pulsar",
                        new ConnectionSpec(
                                arguments[0],
                                Integer.parseInt(arguments[1]),
                                "",
                                "",
                                Secret.NONE,
                                TlsSpec.UNSET,
                                PulsarTestTopic.TIMEOUT,
                                List.of()),
                        "",
                        arguments[2],
                        List.of());
        String run = arguments[3];
        WriterIdentity writer =
                new WriterIdentity(
                        "file/orders", run, "writer of " + run, "child", "orders", false, 0);
        PulsarDestinationClient client =
                new PulsarDestinationClient(TestPipeline.into(endpoint).pipeline());
        try {
            long last = client.open(writer).lastSequence();
            client.prepare(PulsarTestTopic.SCHEMA);
            System.out.println("open " + last);
            while (true) {
                client.write(PulsarTestTopic.rows(last + 1, last + BATCH));
                last += BATCH;
                System.out.println("wrote " + last);
            }
        } catch (FencedException e) {
            System.out.println("fenced: " + e.getMessage());
        }
        System.exit(0);
    }
}
