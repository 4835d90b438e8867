package com.evolvishub.cdc.connectors.kafka;

import com.evolvishub.cdc.connectors.kafka.writer.KafkaDestinationClient;
import com.evolvishub.cdc.runtime.row.ChangeRow;
import com.evolvishub.cdc.sink.contract.TestPipeline;
import com.evolvishub.cdc.sink.failure.FailureKind;
import com.evolvishub.cdc.sink.failure.FencedException;
import com.evolvishub.cdc.sink.progress.WriterIdentity;
import com.evolvishub.cdc.sink.spi.RecoveredProgress;
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
public final class WriterLoop {

    private final KafkaTestTopic topic;
    private final String identity;
    private final String run;
    private final PrintStream out;
    private final Random random = new Random(7);
    private boolean held;
    private long epoch;
    private volatile boolean enough;

    public WriterLoop(KafkaTestTopic topic, String identity, String run, PrintStream out) {
        this.topic = topic;
        this.identity = identity;
        this.run = run;
        this.out = out;
    }

    /** Arguments: servers, topic, transaction timeout in seconds, identity, run, last number. */
    public static void main(String[] arguments) throws Exception {
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        KafkaTestTopic topic =
                KafkaTestTopic.of(arguments[0], arguments[1])
                        .with("transaction_timeout_seconds", arguments[2]);
        try {
            new WriterLoop(topic, arguments[3], arguments[4], out)
                    .writeUpTo(Long.parseLong(arguments[5]));
            out.println("done");
        } catch (FencedException e) {
            out.println(e.getMessage());
        }
    }

    /** Lets the loop end with the batch that it is at. Callable from any thread. */
    public void stop() {
        enough = true;
    }

    /** Returns when the destination holds rows 1 to {@code last}, or after a {@link #stop}. */
    public void writeUpTo(long last) throws Exception {
        long done = 0;
        while (done < last && !enough) {
            KafkaDestinationClient client = topic.client();
            try {
                done = serve(client, last);
            } catch (FencedException e) {
                throw e;
            } catch (Exception e) {
                if (client.classify(e) == FailureKind.PERMANENT) {
                    throw e;
                }
                out.println("again: " + e.getMessage());
            } finally {
                client.close();
            }
        }
    }

    private long serve(KafkaDestinationClient client, long last) throws Exception {
        String writer = "writer of " + run;
        RecoveredProgress opening =
                client.open(
                        new WriterIdentity(
                                identity, run, writer, "host of " + run, "orders", held, epoch));
        held = true;
        epoch = opening.epoch();
        out.println("open " + opening.lastSequence());
        client.prepare(TestPipeline.KEYLESS);
        long done = opening.lastSequence();
        while (done < last && !enough) {
            long to = Math.min(last, done + 1 + random.nextInt(300));
            client.write(rows(done + 1, to));
            done = to;
            out.println("wrote " + done);
        }
        return done;
    }

    public static List<ChangeRow> rows(long from, long to) {
        return LongStream.rangeClosed(from, to)
                .mapToObj(
                        number ->
                                TestPipeline.row(
                                                TestPipeline.KEYLESS,
                                                Long.toString(number),
                                                "row " + number)
                                        .withSequence(number))
                .toList();
    }
}
