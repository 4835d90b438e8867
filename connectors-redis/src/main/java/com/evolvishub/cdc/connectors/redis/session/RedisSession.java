package com.evolvishub.cdc.connectors.redis.session;

import com.evolvishub.cdc.planner.spec.endpoint.ConnectionSpec;
import com.evolvishub.cdc.sink.failure.FailureKind;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLHandshakeException;
import redis.clients.jedis.ClientSetInfoConfig;
import redis.clients.jedis.CommandArguments;
import redis.clients.jedis.Connection;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.commands.ProtocolCommand;
import redis.clients.jedis.exceptions.JedisConnectionException;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.exceptions.JedisException;

/**
 * One connection to one server. All errors are thrown as {@link RedisException}. {@link #abort} may
 * be called from any thread.
 */
public final class RedisSession {

    private final HostAndPort address;
    private final boolean cluster;
    private final RedisSocket socket;
    private Connection connection;

    RedisSession(HostAndPort address, ConnectionSpec spec, boolean cluster) {
        this.address = address;
        this.cluster = cluster;
        this.socket = new RedisSocket(address, spec);
    }

    /** Connects and logs in. Each response may take as long as the login's timeout. */
    void connect(RedisLogin login) throws RedisException {
        DefaultJedisClientConfig.Builder config =
                DefaultJedisClientConfig.builder()
                        .clientSetInfoConfig(ClientSetInfoConfig.DISABLED)
                        .database(login.database());
        if (!login.password().isEmpty()) {
            config.password(login.password().reveal());
        }
        if (!login.user().isEmpty()) {
            config.user(login.user());
        }
        try {
            connection = new Connection(socket, config.build());
            connection.setSoTimeout(Math.toIntExact(login.responseTimeout().toMillis()));
        } catch (JedisException e) {
            socket.abort();
            throw failure(e);
        }
        tryCall("CLIENT", "SETNAME", login.clientName());
    }

    /** Runs a command and waits for its reply. */
    public Object call(String... words) throws RedisException {
        return call(command(words));
    }

    public Object call(CommandArguments command) throws RedisException {
        send(command);
        return reply();
    }

    /** The reply; empty if this user may not run the command or the server does not know it. */
    public Optional<Object> tryCall(String... words) throws RedisException {
        try {
            connection.sendCommand(command(words));
            return Optional.of(connection.getOne());
        } catch (JedisDataException e) {
            return Optional.empty();
        } catch (JedisException e) {
            throw failure(e);
        }
    }

    /** Sends a command without waiting; one call of {@link #reply} must follow for each. */
    public void send(CommandArguments command) throws RedisException {
        try {
            connection.sendCommand(command);
        } catch (JedisException e) {
            throw failure(e);
        }
    }

    /** The reply to the oldest command without one. */
    public Object reply() throws RedisException {
        try {
            return connection.getOne();
        } catch (JedisException e) {
            throw failure(e);
        }
    }

    private static CommandArguments command(String... words) {
        CommandArguments command = new CommandArguments(new Word(words[0]));
        for (int i = 1; i < words.length; i++) {
            command.add(words[i]);
        }
        return command;
    }

    private RedisException failure(JedisException e) {
        if (e instanceof JedisDataException) {
            RedisServerError error = RedisServerError.of(e.getMessage());
            return new RedisException(
                    error.kind(cluster), address + ": " + error.explain(cluster), e);
        }
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof SocketTimeoutException) {
                String what = cause.getMessage().startsWith("Connect") ? "connection" : "answer";
                return new RedisException(
                        FailureKind.TRANSIENT, address + ": no " + what + " in time", e);
            }
            if (cause instanceof SSLHandshakeException
                    || cause instanceof RedisTlsContext.UnusableCertificateException) {
                return new RedisException(
                        FailureKind.PERMANENT, address + ": " + cause.getMessage(), e);
            }
        }
        // the connection is broken, whatever exception the client library throws
        String text = e.getCause() == null ? e.getMessage() : e.getCause().getMessage();
        FailureKind kind =
                e instanceof JedisConnectionException
                        ? FailureKind.TRANSIENT
                        : FailureKind.PERMANENT;
        return new RedisException(kind, address + ": " + text, e);
    }

    public HostAndPort address() {
        return address;
    }

    /** Aborts the connection. Does not wait. */
    public void abort() {
        socket.abort();
    }

    /** The elements of an array reply. */
    public static List<Object> parts(Object reply) {
        List<Object> parts = new ArrayList<>();
        if (reply instanceof List<?> list) {
            parts.addAll(list);
        }
        return parts;
    }

    /** A reply as text; empty for nil. */
    public static String text(Object reply) {
        if (reply == null) {
            return "";
        }
        return reply instanceof byte[] bytes
                ? new String(bytes, StandardCharsets.UTF_8)
                : reply.toString();
    }

    /** A command given by its name. */
    private static final class Word implements ProtocolCommand {
        private final byte[] name;

        Word(String name) {
            this.name = name.getBytes(StandardCharsets.US_ASCII);
        }

        @Override
        public byte[] getRaw() {
            return name;
        }
    }
}
