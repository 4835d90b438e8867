package com.evolvishub.cdc.testing;

import static org.assertj.core.api.Assertions.assertThat;

import com.evolvishub.cdc.testing.postgres.PostgresServer;
import com.evolvishub.cdc.testing.redis.RedisServer;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

@Timeout(300)
class OrphanedServerITCase {
    @RegisterExtension static final PostgresServer POSTGRES = PostgresServer.shared();
    @RegisterExtension static final RedisServer REDIS = RedisServer.shared();

    /** Shared by the PostgreSQL servers of all tests, so that initdb runs once. */
    @TempDir private static Path directory;

    @Test
    @EnabledOnOs(OS.LINUX)
    void endsWhenItsParentJvmIsKilled() throws Exception {
        Process jvm = start(PostgresMain.class, directory);
        long server = pidPrintedBy(jvm);
        ProcessHandle handle = ProcessHandle.of(server).orElseThrow();

        jvm.destroyForcibly().waitFor();

        handle.onExit().get(120, TimeUnit.SECONDS);
        assertThat(handle.isAlive()).isFalse();
    }

    @Test
    void stopsWhenItsParentJvmIsTerminated() throws Exception {
        Process jvm = start(PostgresMain.class, directory);
        ProcessHandle handle = ProcessHandle.of(pidPrintedBy(jvm)).orElseThrow();

        jvm.destroy();
        jvm.waitFor();

        assertThat(handle.isAlive()).isFalse();
        assertThat(directory.resolve("data").resolve("postmaster.pid")).doesNotExist();
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void endsRedisWhenItsParentJvmIsKilled(@TempDir Path data) throws Exception {
        Process jvm = start(RedisMain.class, data);
        ProcessHandle handle = ProcessHandle.of(pidPrintedBy(jvm)).orElseThrow();

        jvm.destroyForcibly().waitFor();

        handle.onExit().get(120, TimeUnit.SECONDS);
        assertThat(handle.isAlive()).isFalse();
    }

    private static Process start(Class<?> main, Path data) throws Exception {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+UseSerialGC",
                        "-cp",
                        System.getProperty("java.class.path"),
                        main.getName(),
                        data.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    private static long pidPrintedBy(Process jvm) throws Exception {
        BufferedReader out =
                new BufferedReader(
                        new InputStreamReader(jvm.getInputStream(), StandardCharsets.UTF_8));
        return Long.parseLong(out.readLine());
    }

    /** Main class of a JVM that starts PostgreSQL and waits. */
    static final class PostgresMain {
        private PostgresMain() {}

        public static void main(String[] arguments) throws InterruptedException {
            PostgresServer server =
                    PostgresServer.builder().dataDirectory(Path.of(arguments[0])).start();
            System.out.println(server.pid());
            Thread.currentThread().join();
        }
    }

    /** Main class of a JVM that starts Redis and waits. */
    static final class RedisMain {
        private RedisMain() {}

        public static void main(String[] arguments) throws InterruptedException {
            RedisServer server = RedisServer.builder().dataDirectory(Path.of(arguments[0])).start();
            System.out.println(server.pid());
            Thread.currentThread().join();
        }
    }
}
