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

/** A process that writes rows without end, one line for each step, until it is killed or fenced. */
public final class PulsarWriterMain {

    private static final int BATCH = 300;

    private PulsarWriterMain() {}

    /**
     * Writes.
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
                                PulsarTestTopic.PATIENCE,
                                List.of()),
                        "",
                        arguments[2],
                        List.of());
        String run = arguments[3];
        WriterIdentity lane =
                new WriterIdentity(
                        "file/orders", run, "writer of " + run, "child", "orders", false, 0);
        PulsarDestinationClient client =
                new PulsarDestinationClient(TestPipeline.into(endpoint).pipeline());
        try {
            long last = client.open(lane).lastSequence();
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
