package com.evolvishub.cdc.connectors.pulsar.writer;

import static org.assertj.core.api.Assertions.assertThat;

import com.evolvishub.cdc.connectors.pulsar.PulsarTestTopic;
import com.evolvishub.cdc.connectors.pulsar.PulsarWriterMain;
import com.evolvishub.cdc.runtime.row.ChangeRow;
import com.evolvishub.cdc.sink.contract.TestPipeline;
import com.evolvishub.cdc.sink.failure.FailureKind;
import com.evolvishub.cdc.sink.progress.WriterIdentity;
import com.evolvishub.cdc.testing.pulsar.PulsarServer;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.LongStream;
import org.apache.pulsar.client.api.Message;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Brokers and writers that are killed; {@code -Dcrash.rounds=20} runs more rounds. */
@Timeout(900)
@DisabledOnOs(OS.WINDOWS)
class PulsarCrashITCase {

    private static final int ROUNDS = Integer.getInteger("crash.rounds", 3);

    @RegisterExtension static final PulsarServer PULSAR = PulsarServer.shared();

    private final PulsarTestTopic topic = PulsarTestTopic.on(PULSAR);
    private final AtomicReference<String> outage = new AtomicReference<>("no outage yet");
    private final Set<Process> children = new HashSet<>();

    @AfterEach
    void endChildren() {
        children.forEach(Process::destroyForcibly);
    }

    @Test
    void deliversEveryRowOnceWhenTheBrokerIsKilled() throws Exception {
        topic.partitioned(2);
        AtomicBoolean stop = new AtomicBoolean();
        AtomicLong written = new AtomicLong();
        CompletableFuture<Long> writer =
                CompletableFuture.supplyAsync(() -> writeUntil(stop, written));
        for (int kill = 0; kill < ROUNDS; kill++) {
            long before = written.get();
            int more = ThreadLocalRandom.current().nextInt(1, 2000);
            Awaitility.await()
                    .atMost(Duration.ofMinutes(5))
                    .untilAsserted(
                            () ->
                                    assertThat(written.get() >= before + more || writer.isDone())
                                            .as("goes on behind %d; %s", before, outage.get())
                                            .isTrue());
            PULSAR.kill();
            PULSAR.restart();
        }
        stop.set(true);
        long last = writer.get();

        assertEachRowOnceInOrder(last);
    }

    /** As delivery does: opens, writes, and opens again after an outage. */
    private long writeUntil(AtomicBoolean stop, AtomicLong written) {
        long sent = 0;
        while (true) {
            PulsarDestinationClient client = topic.client();
            try {
                long last = client.open(writerIdentity("one")).lastSequence();
                client.prepare(PulsarTestTopic.SCHEMA);
                while (!stop.get() || last < sent) {
                    sent = Math.max(sent, last + 300);
                    client.write(PulsarTestTopic.rows(last + 1, last + 300));
                    last += 300;
                    written.set(last);
                }
                return last;
            } catch (Exception e) {
                outage.set("last outage: " + e);
                if (client.classify(e) != FailureKind.TRANSIENT) {
                    throw new IllegalStateException(e);
                }
            } finally {
                client.close();
            }
        }
    }

    @Test
    void deliversEveryRowOnceWhenTheWriterIsKilled() throws Exception {
        topic.partitioned(2);
        for (int round = 0; round < ROUNDS; round++) {
            Process child = writer("run " + round);
            BufferedReader out = output(child);
            int lines = ThreadLocalRandom.current().nextInt(1, 8);
            for (int line = 0; line < lines; line++) {
                assertThat(out.readLine()).matches("(open|wrote) \\d+");
            }
            child.destroyForcibly().waitFor();
        }
        long last;
        try (PulsarDestinationClient client = topic.client()) {
            last = client.open(writerIdentity("last")).lastSequence() + 1000;
            client.prepare(PulsarTestTopic.SCHEMA);
            client.write(PulsarTestTopic.rows(last - 999, last));
        }

        assertEachRowOnceInOrder(last);
    }

    @Test
    void fencesAWriterThatWasSuspendedDuringATakeover() throws Exception {
        Process suspended = writer("asleep");
        BufferedReader out = output(suspended);
        assertThat(out.readLine()).isEqualTo("open 0");
        assertThat(out.readLine()).isEqualTo("wrote 300");
        signal("STOP", suspended);
        long last;
        try (PulsarDestinationClient newWriter = topic.client()) {
            last = newWriter.open(writerIdentity("b")).lastSequence();
            newWriter.prepare(PulsarTestTopic.SCHEMA);
            newWriter.write(List.of(byNewWriter(last + 1)));
            signal("CONT", suspended);
            String line = out.readLine();
            while (line.startsWith("wrote")) {
                line = out.readLine();
            }
            assertThat(line).isEqualTo("fenced: taken over by run b on host here");
            newWriter.write(List.of(byNewWriter(last + 2)));
        }

        List<Message<byte[]>> messages = topic.messages();
        assertThat(messages).hasSize((int) last + 2);
        assertThat(messages.get((int) last + 1).getValue()).asString().contains("by the taker");
        assertThat(messages.get((int) last).getValue()).asString().contains("by the taker");
    }

    private static ChangeRow byNewWriter(long sequence) {
        return TestPipeline.row(PulsarTestTopic.SCHEMA, "1", "by the taker").withSequence(sequence);
    }

    private static WriterIdentity writerIdentity(String run) {
        return new WriterIdentity(
                "file/orders", run, "writer of " + run, "here", "orders", false, 0);
    }

    private void assertEachRowOnceInOrder(long last) throws Exception {
        Map<String, Long> lastOfKey = new HashMap<>();
        Set<Long> sequences = new HashSet<>();
        for (Message<byte[]> message : topic.messages()) {
            long sequence = message.getSequenceId();
            assertThat(sequences.add(sequence)).as("row %s is there once", sequence).isTrue();
            Long before = lastOfKey.put(message.getKey(), sequence);
            assertThat(before == null || before < sequence).as("order of " + sequence).isTrue();
        }
        assertThat(sequences).hasSize((int) last);
        assertThat(sequences).containsAll(LongStream.rangeClosed(1, last).boxed().toList());
    }

    private Process writer(String run) throws Exception {
        Process child =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-Xmx256m",
                                "-XX:TieredStopAtLevel=1",
                                "-XX:+UseSerialGC",
                                "-cp",
                                System.getProperty("java.class.path"),
                                PulsarWriterMain.class.getName(),
                                PULSAR.host(),
                                Integer.toString(PULSAR.port()),
                                topic.name(),
                                run)
                        .redirectError(ProcessBuilder.Redirect.INHERIT)
                        .start();
        children.add(child);
        return child;
    }

    private static BufferedReader output(Process child) {
        return new BufferedReader(
                new InputStreamReader(child.getInputStream(), StandardCharsets.UTF_8));
    }

    private static void signal(String name, Process child) throws Exception {
        int code =
                new ProcessBuilder("kill", "-" + name, Long.toString(child.pid()))
                        .start()
                        .waitFor();
        assertThat(code).isZero();
    }
}
