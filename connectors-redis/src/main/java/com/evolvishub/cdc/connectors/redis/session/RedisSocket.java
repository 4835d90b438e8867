package com.evolvishub.cdc.connectors.redis.session;

import com.evolvishub.cdc.planner.spec.endpoint.ConnectionSpec;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.JedisSocketFactory;
import redis.clients.jedis.exceptions.JedisConnectionException;

/** The socket of one connection, plain or TLS. {@link #abort} may be called from any thread. */
final class RedisSocket implements JedisSocketFactory {

    private final HostAndPort address;
    private final ConnectionSpec spec;
    private volatile Socket socket;
    private volatile boolean aborted;

    RedisSocket(HostAndPort address, ConnectionSpec spec) {
        this.address = address;
        this.spec = spec;
    }

    @Override
    public Socket createSocket() {
        try {
            Socket plain = connect();
            // until it has shown that it answers; see RedisSession
            plain.setSoTimeout(Math.toIntExact(spec.timeout().toMillis()));
            Optional<SSLContext> tls = RedisTlsContext.context(spec.tls());
            return tls.isPresent() ? secured(plain, tls.get()) : plain;
        } catch (IOException e) {
            throw new JedisConnectionException(e.getMessage(), e);
        }
    }

    /** A name may stand for several addresses: the first that answers. */
    private Socket connect() throws IOException {
        IOException failure = new ConnectException("no address");
        for (InetAddress one : InetAddress.getAllByName(address.getHost())) {
            Socket fresh = new Socket();
            socket = fresh;
            if (aborted) {
                fresh.close();
                throw new SocketException("closed");
            }
            try {
                fresh.setTcpNoDelay(true);
                fresh.setKeepAlive(true);
                fresh.connect(
                        new InetSocketAddress(one, address.getPort()),
                        Math.toIntExact(spec.timeout().toMillis()));
                return fresh;
            } catch (IOException e) {
                fresh.close();
                failure = e;
            }
        }
        throw failure;
    }

    private Socket secured(Socket plain, SSLContext context) throws IOException {
        SSLSocket secured =
                (SSLSocket)
                        context.getSocketFactory()
                                .createSocket(plain, address.getHost(), address.getPort(), true);
        if (RedisTlsContext.checksName(spec.tls())) {
            SSLParameters parameters = secured.getSSLParameters();
            parameters.setEndpointIdentificationAlgorithm("HTTPS");
            secured.setSSLParameters(parameters);
        }
        secured.startHandshake();
        return secured;
    }

    /** Cuts the connection, whatever another thread does with it. Does not wait. */
    void abort() {
        aborted = true;
        Socket held = socket;
        if (held != null) {
            try {
                // the plain one, also under TLS: that would say good-bye, which may block
                held.close();
            } catch (IOException e) {
                // it was closed already; there is nobody to tell and nothing to do
                return;
            }
        }
    }
}
