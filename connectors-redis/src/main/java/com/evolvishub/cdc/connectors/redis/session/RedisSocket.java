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
            // applies until the login has succeeded; see RedisSession
            plain.setSoTimeout(Math.toIntExact(spec.timeout().toMillis()));
            Optional<SSLContext> tls = RedisTlsContext.context(spec.tls());
            return tls.isPresent() ? secured(plain, tls.get()) : plain;
        } catch (IOException e) {
            throw new JedisConnectionException(e.getMessage(), e);
        }
    }

    /** Tries all addresses of the host and returns the first connection. */
    private Socket connect() throws IOException {
        IOException failure = new ConnectException("no address");
        for (InetAddress one : InetAddress.getAllByName(address.getHost())) {
            Socket candidate = new Socket();
            socket = candidate;
            if (aborted) {
                candidate.close();
                throw new SocketException("closed");
            }
            try {
                candidate.setTcpNoDelay(true);
                candidate.setKeepAlive(true);
                candidate.connect(
                        new InetSocketAddress(one, address.getPort()),
                        Math.toIntExact(spec.timeout().toMillis()));
                return candidate;
            } catch (IOException e) {
                candidate.close();
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
        if (RedisTlsContext.verifiesHostName(spec.tls())) {
            SSLParameters parameters = secured.getSSLParameters();
            parameters.setEndpointIdentificationAlgorithm("HTTPS");
            secured.setSSLParameters(parameters);
        }
        secured.startHandshake();
        return secured;
    }

    /** Closes the connection, also while another thread uses it. Does not wait. */
    void abort() {
        aborted = true;
        Socket current = socket;
        if (current != null) {
            try {
                // the plain socket, also under TLS: closing the TLS socket may block on a last
                // write
                current.close();
            } catch (IOException e) {
                // it was closed already: nothing to do
                return;
            }
        }
    }
}
