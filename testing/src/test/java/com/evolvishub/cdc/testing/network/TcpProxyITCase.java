package com.evolvishub.cdc.testing.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.evolvishub.cdc.testing.redis.RedisServer;
import java.io.EOFException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

@Timeout(300)
class TcpProxyITCase {
    @RegisterExtension static final RedisServer REDIS = RedisServer.shared();

    private static final int HANG_MILLIS = 100;

    @Test
    void holdsBackBytesWhileItHangsAndForwardsThemLater() throws Exception {
        try (TcpProxy proxy = TcpProxy.listening().to(REDIS.host(), REDIS.port());
                Socket old = new Socket(proxy.host(), proxy.port())) {
            assertThat(ping(old)).isEqualTo("+PONG");
            proxy.hang();
            old.setSoTimeout(HANG_MILLIS);
            assertThatThrownBy(() -> ping(old)).isInstanceOf(SocketTimeoutException.class);
            try (Socket fresh = new Socket(proxy.host(), proxy.port())) {
                fresh.setSoTimeout(HANG_MILLIS);
                assertThatThrownBy(() -> ping(fresh)).isInstanceOf(SocketTimeoutException.class);

                proxy.restore();

                old.setSoTimeout(0);
                fresh.setSoTimeout(0);
                assertThat(response(old)).isEqualTo("+PONG");
                assertThat(response(fresh)).isEqualTo("+PONG");
            }
        }
    }

    @Test
    void resetsConnectionsAndListensAgainOnTheSamePort() throws Exception {
        try (TcpProxy proxy = TcpProxy.listening().to(REDIS.host(), REDIS.port());
                Socket old = new Socket(proxy.host(), proxy.port())) {
            assertThat(ping(old)).isEqualTo("+PONG");
            proxy.refuseConnections();
            assertThatThrownBy(() -> ping(old)).isInstanceOf(IOException.class);
            assertThatThrownBy(() -> new Socket(proxy.host(), proxy.port()).close())
                    .isInstanceOf(ConnectException.class);

            proxy.restore();

            try (Socket fresh = new Socket(proxy.host(), proxy.port())) {
                assertThat(ping(fresh)).isEqualTo("+PONG");
            }
        }
    }

    private static String ping(Socket socket) throws Exception {
        socket.getOutputStream().write("PING\r\n".getBytes(StandardCharsets.US_ASCII));
        return response(socket);
    }

    private static String response(Socket socket) throws Exception {
        byte[] line = socket.getInputStream().readNBytes("+PONG\r\n".length());
        if (line.length == 0) {
            throw new EOFException("closed");
        }
        return new String(line, StandardCharsets.US_ASCII).strip();
    }
}
