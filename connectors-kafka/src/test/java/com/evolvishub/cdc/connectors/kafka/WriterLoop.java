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
 * Drives one writer of a pipeline as delivery does: opens, writes after what the destination holds,
 * and opens again after a failure. Row n always has the same content. As a program it reports each
 * step on standard output, and the test stops or kills it.
 */
public final class WriterLoop {

    private final KafkaTestTopic topic;
    private final String identity;
    private final String run;
    private final PrintStream out;
    private final Random random = new Random(7);
    private boolean heldBefore;
    private long epoch;
    private volatile boolean stopped;

    public WriterLoop(KafkaTestTopic topic, String identity, String run, PrintStream out) {
        this.topic = topic;
        this.identity = identity;
        this.run = run;
        this.out = out;
    }

    /** Arguments: servers, topic, transaction timeout in seconds, identity, run, last sequence. */
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

    /** Ends the loop after the current batch. May be called from any thread. */
    public void stop() {
        stopped = true;
    }

    /** Returns when the destination holds rows 1 to {@code last}, or after a {@link #stop}. */
    public void writeUpTo(long last) throws Exception {
        long done = 0;
        while (done < last && !stopped) {
            KafkaDestinationClient client = topic.client();
            try {
                done = write(client, last);
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

    private long write(KafkaDestinationClient client, long last) throws Exception {
        String writer = "writer of " + run;
        RecoveredProgress recovered =
                client.open(
                        new WriterIdentity(
                                identity,
                                run,
                                writer,
                                "host of " + run,
                                "orders",
                                heldBefore,
                                epoch));
        heldBefore = true;
        epoch = recovered.epoch();
        out.println("open " + recovered.lastSequence());
        client.prepare(TestPipeline.KEYLESS);
        long done = recovered.lastSequence();
        while (done < last && !stopped) {
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
                        sequence ->
                                TestPipeline.row(
                                                TestPipeline.KEYLESS,
                                                Long.toString(sequence),
                                                "row " + sequence)
                                        .withSequence(sequence))
                .toList();
    }
}
