package com.evolvishub.cdc.connectors.kafka;

import com.evolvishub.cdc.delivery.Failure;
import com.evolvishub.cdc.delivery.FencedException;
import com.evolvishub.cdc.delivery.Lane;
import com.evolvishub.cdc.delivery.LaneOpening;
import com.evolvishub.cdc.delivery.TestLane;
import com.evolvishub.cdc.flow.ChangeRow;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;

/**
 * One writer of a lane as delivery drives it: opens, writes on from what the destination holds, and
 * opens anew after a failure. Row n is always the same row. As a program it tells on standard
 * output what it does, and is there to be stopped and killed.
 */
final class LaneLoop {

    private final Topic topic;
    private final String identity;
    private final String run;
    private final PrintStream out;
    private final Random random = new Random(7);
    private boolean held;
    private long epoch;
    private volatile boolean enough;

    LaneLoop(Topic topic, String identity, String run, PrintStream out) {
        this.topic = topic;
        this.identity = identity;
        this.run = run;
        this.out = out;
    }

    /** Arguments: servers, topic, transaction timeout in seconds, identity, run, last number. */
    public static void main(String[] arguments) throws Exception {
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        Topic topic =
                Topic.of(arguments[0], arguments[1])
                        .with("transaction_timeout_seconds", arguments[2]);
        try {
            new LaneLoop(topic, arguments[3], arguments[4], out)
                    .writeUpTo(Long.parseLong(arguments[5]));
            out.println("done");
        } catch (FencedException e) {
            out.println(e.getMessage());
        }
    }

    /** Lets the loop end with the batch that it is at. Callable from any thread. */
    void stop() {
        enough = true;
    }

    /** Returns when the destination holds rows 1 to {@code last}, or after a {@link #stop}. */
    void writeUpTo(long last) throws Exception {
        long done = 0;
        while (done < last && !enough) {
            KafkaBusClient client = topic.client();
            try {
                done = serve(client, last);
            } catch (FencedException e) {
                throw e;
            } catch (Exception e) {
                if (client.classify(e) == Failure.PERMANENT) {
                    throw e;
                }
                out.println("again: " + e.getMessage());
            } finally {
                client.close();
            }
        }
    }

    private long serve(KafkaBusClient client, long last) throws Exception {
        String writer = "writer of " + run;
        LaneOpening opening =
                client.open(
                        new Lane(identity, run, writer, "host of " + run, "orders", held, epoch));
        held = true;
        epoch = opening.epoch();
        out.println("open " + opening.lastNumber());
        client.prepare(TestLane.KEYLESS);
        long done = opening.lastNumber();
        while (done < last && !enough) {
            long to = Math.min(last, done + 1 + random.nextInt(300));
            client.write(rows(done + 1, to));
            done = to;
            out.println("wrote " + done);
        }
        return done;
    }

    static List<ChangeRow> rows(long from, long to) {
        return LongStream.rangeClosed(from, to)
                .mapToObj(
                        number ->
                                TestLane.row(
                                                TestLane.KEYLESS,
                                                Long.toString(number),
                                                "row " + number)
                                        .numbered(number))
                .toList();
    }
}
