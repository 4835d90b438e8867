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

    private static final int SILENCE_MILLIS = 100;

    @Test
    void silenceHoldsBackWhatArrivesOnceItIsOver() throws Exception {
        try (TcpProxy way = TcpProxy.listening().to(REDIS.host(), REDIS.port());
                Socket old = new Socket(way.host(), way.port())) {
            assertThat(ping(old)).isEqualTo("+PONG");
            way.hang();
            old.setSoTimeout(SILENCE_MILLIS);
            assertThatThrownBy(() -> ping(old)).isInstanceOf(SocketTimeoutException.class);
            try (Socket fresh = new Socket(way.host(), way.port())) {
                fresh.setSoTimeout(SILENCE_MILLIS);
                assertThatThrownBy(() -> ping(fresh)).isInstanceOf(SocketTimeoutException.class);

                way.restore();

                old.setSoTimeout(0);
                fresh.setSoTimeout(0);
                assertThat(answer(old)).isEqualTo("+PONG");
                assertThat(answer(fresh)).isEqualTo("+PONG");
            }
        }
    }

    @Test
    void refusalEndsWhatIsOpenAndIsMendedAtTheSamePort() throws Exception {
        try (TcpProxy way = TcpProxy.listening().to(REDIS.host(), REDIS.port());
                Socket old = new Socket(way.host(), way.port())) {
            assertThat(ping(old)).isEqualTo("+PONG");
            way.refuseConnections();
            assertThatThrownBy(() -> ping(old)).isInstanceOf(IOException.class);
            assertThatThrownBy(() -> new Socket(way.host(), way.port()).close())
                    .isInstanceOf(ConnectException.class);

            way.restore();

            try (Socket fresh = new Socket(way.host(), way.port())) {
                assertThat(ping(fresh)).isEqualTo("+PONG");
            }
        }
    }

    private static String ping(Socket socket) throws Exception {
        socket.getOutputStream().write("PING\r\n".getBytes(StandardCharsets.US_ASCII));
        return answer(socket);
    }

    private static String answer(Socket socket) throws Exception {
        byte[] line = socket.getInputStream().readNBytes("+PONG\r\n".length());
        if (line.length == 0) {
            throw new EOFException("closed");
        }
        return new String(line, StandardCharsets.US_ASCII).strip();
    }
}
