package com.evolvishub.cdc.testing.pulsar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.evolvishub.cdc.testing.broker.BrokerEndedException;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

@Timeout(600)
class PulsarServerITCase {
    private static final String TOPICS = "/admin/v2/persistent/public/default";

    @RegisterExtension static final PulsarServer PULSAR = PulsarServer.shared();

    @Test
    void keepsPortsAndDataAfterACrash() {
        String url = PULSAR.serviceUrl();
        long pid = PULSAR.pid();
        PULSAR.admin("PUT", TOPICS + "/kept/partitions", "3");

        PULSAR.kill();
        assertThat(ProcessHandle.of(pid)).isEmpty();
        PULSAR.restart();

        assertThat(PULSAR.serviceUrl()).isEqualTo(url);
        assertThat(PULSAR.admin("GET", TOPICS + "/kept/partitions", ""))
                .contains("\"partitions\":3");
    }

    @Test
    void isDistinguishedFromAnotherBrokerOnItsPort() throws Exception {
        PulsarAdminApi admin = new PulsarAdminApi(PULSAR.adminUrl(), Optional.empty());

        assertThat(admin.isReady("cdc-of-another-folder")).isFalse();
        assertThat(PULSAR.admin("GET", "/admin/v2/clusters", "")).contains("\"cdc-");
    }

    @Test
    void reportsWhyTheBrokerExited() {
        assertThatThrownBy(
                        () ->
                                PulsarServer.builder()
                                        .parameter("managedLedgerMaxEntriesPerLedger", "many")
                                        .start())
                .isInstanceOf(BrokerEndedException.class)
                .hasMessageContaining("exit code 1")
                .hasMessageContaining("managedLedgerMaxEntriesPerLedger")
                .hasMessageContaining("many");
    }

    @Test
    void requiresATokenAndDeletesTemporaryData() {
        PulsarServer server = PulsarServer.builder().withTokens().withTls().start();
        long pid = server.pid();
        Path log = server.logFile();
        PulsarAdminApi unauthenticated = new PulsarAdminApi(server.adminUrl(), Optional.empty());

        assertThat(server.admin("GET", "/admin/v2/tenants", "")).contains("public");
        assertThat(server.certificate()).exists();
        assertThatThrownBy(() -> unauthenticated.call("GET", "/admin/v2/tenants", ""))
                .hasMessageContaining("401");
        server.close();
        server.close();

        assertThat(ProcessHandle.of(pid)).isEmpty();
        assertThat(log.getParent()).doesNotExist();
    }

    @Test
    void endsWhenItsParentJvmIsKilled(@TempDir Path directory) throws Exception {
        Process jvm =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-cp",
                                System.getProperty("java.class.path"),
                                ServerMain.class.getName(),
                                directory.toString())
                        .redirectError(ProcessBuilder.Redirect.INHERIT)
                        .start();
        BufferedReader out =
                new BufferedReader(
                        new InputStreamReader(jvm.getInputStream(), StandardCharsets.UTF_8));
        ProcessHandle broker = ProcessHandle.of(Long.parseLong(out.readLine())).orElseThrow();

        jvm.destroyForcibly().waitFor();

        broker.onExit().get(1, TimeUnit.MINUTES);
        assertThat(broker.isAlive()).isFalse();
    }

    /** Main class of a JVM that starts a server and waits. */
    static final class ServerMain {
        private ServerMain() {}

        public static void main(String[] arguments) throws InterruptedException {
            PulsarServer server =
                    PulsarServer.builder().dataDirectory(Path.of(arguments[0])).start();
            System.out.println(server.pid());
            Thread.currentThread().join();
        }
    }
}
