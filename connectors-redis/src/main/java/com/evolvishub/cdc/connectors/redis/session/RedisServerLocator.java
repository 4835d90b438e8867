package com.evolvishub.cdc.connectors.redis.session;

import com.evolvishub.cdc.planner.spec.endpoint.ConnectionSpec;
import com.evolvishub.cdc.planner.spec.endpoint.EndpointSpec;
import com.evolvishub.cdc.planner.spec.endpoint.Secret;
import com.evolvishub.cdc.sink.failure.FailureKind;
import java.util.List;
import java.util.function.Consumer;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.util.JedisClusterCRC16;

/** Finds the server that holds a stream: the one given, its cluster's node, or the sentinel's. */
public final class RedisServerLocator {

    private final EndpointSpec endpoint;
    private final ConnectionSpec spec;
    private final String mapping;
    private final boolean cluster;
    private final String sentinelMaster;
    private final Consumer<RedisSession> opened;

    /**
     * @param opened receives every connection before it connects, so that another thread can abort
     *     it
     */
    public RedisServerLocator(
            EndpointSpec endpoint, String mapping, Consumer<RedisSession> opened) {
        this.endpoint = endpoint;
        this.spec = endpoint.connection();
        this.mapping = mapping;
        this.cluster = StreamKeys.inCluster(endpoint);
        this.sentinelMaster = endpoint.option("sentinel_master").map(Secret::reveal).orElse("");
        this.opened = opened;
    }

    /** A connection to the server that accepts writes to the stream. */
    public RedisSession connect() throws RedisException {
        HostAndPort named = new HostAndPort(spec.host(), spec.port());
        if (!sentinelMaster.isEmpty()) {
            return connect(primaryOf(named), RedisLogin.of(spec, mapping));
        }
        RedisSession session = connect(named, RedisLogin.of(spec, mapping));
        if (!cluster) {
            return session;
        }
        HostAndPort owner = ownerOfSlot(session);
        if (owner.equals(session.address())) {
            return session;
        }
        session.abort();
        return connect(owner, RedisLogin.of(spec, mapping));
    }

    private RedisSession connect(HostAndPort address, RedisLogin login) throws RedisException {
        RedisSession session = new RedisSession(address, spec, cluster);
        opened.accept(session);
        session.connect(login);
        return session;
    }

    private HostAndPort primaryOf(HostAndPort sentinel) throws RedisException {
        RedisSession session = connect(sentinel, RedisLogin.ofSentinel(spec, mapping));
        List<Object> found =
                RedisSession.parts(
                        session.call("SENTINEL", "GET-MASTER-ADDR-BY-NAME", sentinelMaster));
        session.abort();
        if (found.size() != 2) {
            throw new RedisException(
                    FailureKind.PERMANENT,
                    "%s: the sentinel knows no \"%s\"; check sentinel_master"
                            .formatted(sentinel, sentinelMaster));
        }
        return address(found, sentinel);
    }

    private HostAndPort ownerOfSlot(RedisSession session) throws RedisException {
        int slot = JedisClusterCRC16.getSlot(endpoint.table());
        for (Object entry : RedisSession.parts(session.call("CLUSTER", "SLOTS"))) {
            List<Object> range = RedisSession.parts(entry);
            if ((Long) range.get(0) <= slot && slot <= (Long) range.get(1)) {
                return address(RedisSession.parts(range.get(2)), session.address());
            }
        }
        throw new RedisException(
                FailureKind.TRANSIENT,
                "%s: no server of the cluster has slot %d".formatted(session.address(), slot));
    }

    /**
     * A server that does not know its own address returns an empty one: it is the server itself.
     */
    private static HostAndPort address(List<Object> hostAndPort, HostAndPort server) {
        String host = RedisSession.text(hostAndPort.get(0));
        int port = Integer.parseInt(RedisSession.text(hostAndPort.get(1)));
        return new HostAndPort(host.isEmpty() ? server.getHost() : host, port);
    }
}
