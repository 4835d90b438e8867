package com.evolvishub.cdc.job.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Checks in the kernel's socket tables that an embedded run listens on loopback addresses only. */
@Timeout(300)
@EnabledOnOs(OS.LINUX)
class LoopbackITCase {

    /** State of a listening socket in the kernel's table. */
    private static final String LISTEN = "0A";

    /** 127.0.0.0/8, the last byte of the word first; and ::1 and ::ffff:127.0.0.0/104. */
    private static final String LOOPBACK = "[0-9A-F]{6}7F|0{24}01000000|0{16}FFFF0000[0-9A-F]{6}7F";

    /** A row of the kernel's table: address and port in hexadecimal digits. */
    private record Socket(String address, String port) {
        boolean isOnLoopback() {
            return address.matches(LOOPBACK);
        }
    }

    private static Set<String> inodesOfThisProcess() throws IOException {
        Set<String> inodes = new HashSet<>();
        try (Stream<Path> files = Files.list(Path.of("/proc/self/fd"))) {
            for (Path file : files.toList()) {
                if (Files.isSymbolicLink(file)) {
                    String target = Files.readSymbolicLink(file).toString();
                    if (target.startsWith("socket:[")) {
                        inodes.add(target.substring("socket:[".length(), target.length() - 1));
                    }
                }
            }
        }
        return inodes;
    }

    private static List<Socket> listening() throws IOException {
        Set<String> inodes = inodesOfThisProcess();
        List<Socket> sockets = new ArrayList<>();
        for (String table : List.of("/proc/self/net/tcp", "/proc/self/net/tcp6")) {
            Path path = Path.of(table);
            List<String> lines = Files.exists(path) ? Files.readAllLines(path) : List.of();
            for (String line : lines.subList(Math.min(1, lines.size()), lines.size())) {
                // sl, local address, remote address, state, queues, timer, retransmits, uid,
                // timeout, inode
                String[] cells = line.strip().split("\\s+", -1);
                if (cells[3].equals(LISTEN) && inodes.contains(cells[9])) {
                    String[] local = cells[1].toUpperCase(Locale.ROOT).split(":", -1);
                    sockets.add(new Socket(local[0], local[1]));
                }
            }
        }
        return sockets;
    }

    @Test
    void listensOnLoopbackOnly(@TempDir Path scratch) throws Exception {
        List<Socket> before = listening();
        MiniCluster cluster = EmbeddedFlink.start(2, 0, scratch);
        try {
            assertThat(cluster.isRunning()).isTrue();
            List<Socket> opened = new ArrayList<>(listening());
            opened.removeAll(before);
            assertThat(opened).isNotEmpty().allMatch(Socket::isOnLoopback);
        } finally {
            cluster.closeAsync().get();
        }
    }
}
