package com.evolvishub.cdc.servers;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

class OrphanITCase {
    @RegisterExtension static final PostgresServer POSTGRES = PostgresServer.shared();
    @RegisterExtension static final RedisServer REDIS = RedisServer.shared();

    @Test
    @EnabledOnOs(OS.LINUX)
    void endsWithAJvmThatIsKilled(@TempDir Path folder) throws Exception {
        Process jvm = start(folder);
        long server = pidPrintedBy(jvm);
        ProcessHandle handle = ProcessHandle.of(server).orElseThrow();

        jvm.destroyForcibly().waitFor();

        handle.onExit().get(1, TimeUnit.MINUTES);
        assertThat(handle.isAlive()).isFalse();
    }

    @Test
    void endsWithAJvmThatIsAskedToEnd(@TempDir Path folder) throws Exception {
        Process jvm = start(folder);
        ProcessHandle handle = ProcessHandle.of(pidPrintedBy(jvm)).orElseThrow();

        jvm.destroy();
        jvm.waitFor();

        assertThat(handle.isAlive()).isFalse();
        assertThat(folder.resolve("data").resolve("postmaster.pid")).doesNotExist();
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void endsRedisWithAJvmThatIsKilled(@TempDir Path folder) throws Exception {
        Process jvm = start(RedisHolder.class, folder);
        ProcessHandle handle = ProcessHandle.of(pidPrintedBy(jvm)).orElseThrow();

        jvm.destroyForcibly().waitFor();

        handle.onExit().get(1, TimeUnit.MINUTES);
        assertThat(handle.isAlive()).isFalse();
    }

    private static Process start(Path folder) throws Exception {
        return start(Holder.class, folder);
    }

    private static Process start(Class<?> main, Path folder) throws Exception {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        main.getName(),
                        folder.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    private static long pidPrintedBy(Process jvm) throws Exception {
        BufferedReader out =
                new BufferedReader(
                        new InputStreamReader(jvm.getInputStream(), StandardCharsets.UTF_8));
        return Long.parseLong(out.readLine());
    }

    /** A JVM that holds a server and waits. */
    static final class Holder {
        private Holder() {}

        public static void main(String[] arguments) throws InterruptedException {
            PostgresServer server =
                    PostgresServer.builder().keepsDataIn(Path.of(arguments[0])).start();
            System.out.println(server.pid());
            Thread.currentThread().join();
        }
    }

    /** The same with Redis. */
    static final class RedisHolder {
        private RedisHolder() {}

        public static void main(String[] arguments) throws InterruptedException {
            RedisServer server = RedisServer.builder().keepsDataIn(Path.of(arguments[0])).start();
            System.out.println(server.pid());
            Thread.currentThread().join();
        }
    }
}
