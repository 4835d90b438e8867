package com.evolvishub.cdc.testing.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.evolvishub.cdc.testing.network.TcpProxy;
import com.evolvishub.cdc.testing.process.ServerUnavailableException;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(300)
class KafkaServerITCase {

    @Test
    void restartsAtTheSameAddressesAfterACrash(@TempDir Path directory) {
        long pid;
        try (TcpProxy proxy = TcpProxy.listening();
                KafkaServer server =
                        KafkaServer.builder()
                                .dataDirectory(directory)
                                .user("app", "secret")
                                .behindProxy(proxy)
                                .start()) {
            pid = server.pid();
            String address = server.bootstrapServers();
            server.kill();
            assertThat(ProcessHandle.of(pid)).isEmpty();

            server.restart();

            assertThat(server.bootstrapServers()).isEqualTo(address);
            for (KafkaListener listener : KafkaListener.values()) {
                assertThatCode(() -> connect(server.bootstrapServers(listener)))
                        .doesNotThrowAnyException();
            }
            pid = server.pid();
        }
        assertThat(ProcessHandle.of(pid)).isEmpty();
        assertThat(directory.resolve("data").resolve("meta.properties")).exists();
    }

    private static void connect(String address) throws Exception {
        String[] parts = address.split(":", 2);
        new Socket(parts[0], Integer.parseInt(parts[1])).close();
    }

    @Test
    void reportsWhyItDoesNotStart() {
        assertThatThrownBy(() -> KafkaServer.builder().parameter("num.io.threads", "x").start())
                .isInstanceOf(ServerUnavailableException.class)
                .hasMessageContaining("num.io.threads");
    }

    @Test
    void endsWhenItsParentJvmIsKilled(@TempDir Path directory) throws Exception {
        Process jvm =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-XX:TieredStopAtLevel=1",
                                // files of the killed JVM are deleted with the test
                                "-Djava.io.tmpdir=" + directory,
                                "-cp",
                                System.getProperty("java.class.path"),
                                ServerMain.class.getName())
                        .redirectError(ProcessBuilder.Redirect.INHERIT)
                        .start();
        try {
            String line =
                    new BufferedReader(
                                    new InputStreamReader(
                                            jvm.getInputStream(), StandardCharsets.UTF_8))
                            .readLine();
            ProcessHandle broker = ProcessHandle.of(Long.parseLong(line)).orElseThrow();

            jvm.destroyForcibly().waitFor();

            broker.onExit().get(1, TimeUnit.MINUTES);
            assertThat(broker.isAlive()).isFalse();
        } finally {
            jvm.destroyForcibly();
        }
    }

    /** Main class of a JVM that starts a broker and waits. */
    static final class ServerMain {
        private ServerMain() {}

        public static void main(String[] arguments) throws InterruptedException {
            System.out.println(KafkaServer.shared().pid());
            Thread.currentThread().join();
        }
    }
}
