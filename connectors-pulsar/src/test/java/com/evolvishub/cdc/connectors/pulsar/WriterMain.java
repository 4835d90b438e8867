package com.evolvishub.cdc.connectors.pulsar;

import com.evolvishub.cdc.delivery.FencedException;
import com.evolvishub.cdc.delivery.Lane;
import com.evolvishub.cdc.delivery.TestLane;
import com.evolvishub.cdc.planner.spec.ConnectionSpec;
import com.evolvishub.cdc.planner.spec.EndpointSpec;
import com.evolvishub.cdc.planner.spec.Secret;
import com.evolvishub.cdc.planner.spec.TlsSpec;
import java.util.List;

/** A process that writes rows without end, one line for each step, until it is killed or fenced. */
final class WriterMain {

    private static final int BATCH = 300;

    private WriterMain() {}

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
                                Topic.PATIENCE,
                                List.of()),
                        "",
                        arguments[2],
                        List.of());
        String run = arguments[3];
        Lane lane = new Lane("file/orders", run, "writer of " + run, "child", "orders", false, 0);
        PulsarBusClient client = new PulsarBusClient(TestLane.to(endpoint).pipeline());
        try {
            long last = client.open(lane).lastNumber();
            client.prepare(Topic.SCHEMA);
            System.out.println("open " + last);
            while (true) {
                client.write(Topic.rows(last + 1, last + BATCH));
                last += BATCH;
                System.out.println("wrote " + last);
            }
        } catch (FencedException e) {
            System.out.println("fenced: " + e.getMessage());
        }
        System.exit(0);
    }
}
