package com.evolvishub.cdc.connectors.redis.deadletter;

import com.evolvishub.cdc.connectors.redis.entry.StreamEntry;
import com.evolvishub.cdc.connectors.redis.entry.StreamEntryEncoder;
import com.evolvishub.cdc.connectors.redis.session.LuaScript;
import com.evolvishub.cdc.connectors.redis.session.RedisException;
import com.evolvishub.cdc.connectors.redis.session.RedisServerLocator;
import com.evolvishub.cdc.connectors.redis.session.RedisServerSettings;
import com.evolvishub.cdc.connectors.redis.session.RedisSession;
import com.evolvishub.cdc.connectors.redis.session.StreamKeys;
import com.evolvishub.cdc.connectors.redis.writer.RedisDestinationClient;
import com.evolvishub.cdc.planner.physical.Pipeline;
import com.evolvishub.cdc.planner.spec.endpoint.EndpointSpec;
import com.evolvishub.cdc.sink.deadletter.DeadLetter;
import com.evolvishub.cdc.sink.deadletter.DeadLetterMessage;
import com.evolvishub.cdc.sink.deadletter.DeadLetterStore;
import com.evolvishub.cdc.sink.deadletter.ReplayPolicy;
import com.evolvishub.cdc.sink.failure.FailureKind;
import java.util.List;
import java.util.Optional;
import redis.clients.jedis.CommandArguments;

/**
 * The dead letters of one pipeline in {@code <stream>:dlq}. A script appends the entry and deletes
 * the dead letter atomically, and only if the stream holds no entry after the last one that was
 * checked for newer versions of the key.
 */
public final class RedisDeadLetterStore implements DeadLetterStore {

    /**
     * Any error of a command must occur before the entry is appended, so the first XDEL runs with
     * an id that does not exist. KEYS: stream, dead letters. ARGV: the dead letter, id up to which
     * the stream was read, number of trimming arguments, these arguments, then fields and values.
     */
    private static final LuaScript REPLAY =
            LuaScript.of(
                    """
                    local call, unpack, words = redis.call, unpack, tonumber(ARGV[3])
                    if #call('XRANGE', KEYS[2], ARGV[1], ARGV[1]) == 0 then
                      return 'gone'
                    end
                    if #call('XRANGE', KEYS[1], '(' .. ARGV[2], '+', 'COUNT', '1') > 0 then
                      return 'moved'
                    end
                    call('XDEL', KEYS[2], '0-0')
                    local add = {'XADD', KEYS[1]}
                    for i = 4, 3 + words do add[#add + 1] = ARGV[i] end
                    add[#add + 1] = '*'
                    for i = 4 + words, #ARGV do add[#add + 1] = ARGV[i] end
                    call(unpack(add))
                    call('XDEL', KEYS[2], ARGV[1])
                    return 'written'
                    """);

    private static final String NO_LONGER_EXISTS = "it is not there any more";

    private final Pipeline pipeline;
    private final EndpointSpec endpoint;
    private final StreamKeys keys;
    private volatile boolean closed;
    private volatile RedisSession current;
    private RedisSession session;
    private RedisDeadLetterLog log;

    public RedisDeadLetterStore(Pipeline pipeline) {
        this.pipeline = pipeline;
        this.endpoint = pipeline.deliver().destination();
        this.keys = StreamKeys.of(endpoint, pipeline.identity());
    }

    private RedisDeadLetterLog log() throws RedisException {
        if (session == null) {
            session =
                    new RedisServerLocator(endpoint, pipeline.mapping(), this::onOpened).connect();
            log = new RedisDeadLetterLog(session, keys, pipeline.identity());
        }
        log.refresh();
        return log;
    }

    /** From here on {@link #close} aborts this connection. */
    private void onOpened(RedisSession opened) {
        current = opened;
        if (closed) {
            opened.abort();
        }
    }

    @Override
    public List<DeadLetter> listAfter(String id, int atMost) throws RedisException {
        RedisDeadLetterLog refreshed = log();
        return refreshed.after(id, atMost).stream()
                .map(deadLetter -> deadLetter.toDeadLetter(refreshed.supersededReason(deadLetter)))
                .toList();
    }

    @Override
    public Optional<DeadLetter> find(String id) throws RedisException {
        RedisDeadLetterLog refreshed = log();
        return refreshed
                .find(id)
                .map(deadLetter -> deadLetter.toDeadLetter(refreshed.supersededReason(deadLetter)));
    }

    @Override
    public Optional<String> replay(DeadLetter wanted, ReplayPolicy rule) throws RedisException {
        RedisDeadLetterLog refreshed = log();
        Optional<DeadLetterMessage> found = refreshed.find(wanted.id());
        if (found.isEmpty()) {
            return Optional.of(NO_LONGER_EXISTS);
        }
        DeadLetterMessage deadLetter = found.get();
        Optional<String> blocker = replayBlocker(deadLetter);
        if (blocker.isPresent()) {
            return blocker;
        }
        while (true) {
            String readUpTo = refreshed.readTail();
            String newer = refreshed.supersededReason(deadLetter);
            if (refreshed.isDelivered(deadLetter)) {
                // an earlier replay stopped before it could delete the dead letter
                drop(wanted);
                return Optional.empty();
            }
            if (!newer.isEmpty() && rule == ReplayPolicy.REFUSE_SUPERSEDED) {
                return Optional.of(newer);
            }
            switch (tryReplay(deadLetter, readUpTo)) {
                case "written" -> {
                    return Optional.empty();
                }
                case "gone" -> {
                    return Optional.of(NO_LONGER_EXISTS);
                }
                // the stream has a new entry, which may be a newer version
                default -> {}
            }
        }
    }

    private Optional<String> replayBlocker(DeadLetterMessage deadLetter) throws RedisException {
        if (deadLetter.replayBlocker().isPresent()) {
            return deadLetter.replayBlocker();
        }
        // rows without a key are all inserts
        if (deadLetter.key().isEmpty()
                && !deadLetter.attributes().getOrDefault("op", "").equals("c")) {
            return Optional.of("an earlier build put it there, which did not note its key");
        }
        int length = deadLetter.payload().map(payload -> payload.length).orElse(0);
        long longest = RedisServerSettings.of(session).longestValue();
        return length <= longest
                ? Optional.empty()
                : Optional.of(
                        "refused again: its payload of %d bytes is above the limit of %d (proto-max-bulk-len)"
                                .formatted(length, longest));
    }

    /** Returns {@code written}, {@code gone}, or {@code moved}: the stream has a newer entry. */
    String tryReplay(DeadLetterMessage deadLetter, String readUpTo) throws RedisException {
        return RedisSession.text(session.call(command(deadLetter, readUpTo)));
    }

    private CommandArguments command(DeadLetterMessage deadLetter, String readUpTo) {
        List<String> trimming = RedisDestinationClient.trimming(endpoint);
        CommandArguments command = REPLAY.eval(List.of(keys.stream(), keys.deadLetters()));
        command.add(deadLetter.id()).add(readUpTo).add(trimming.size());
        trimming.forEach(command::add);
        StreamEntry.Fields fields = new StreamEntry.Fields();
        deadLetter.messageAttributes().forEach(fields::with);
        deadLetter.key().ifPresent(key -> fields.with(StreamEntryEncoder.KEY, key));
        fields.with(StreamEntryEncoder.payloadPart(1), deadLetter.payload().orElseThrow());
        fields.entry(deadLetter.sequence()).fields().forEach(command::add);
        return command;
    }

    @Override
    public void drop(DeadLetter deadLetter) throws RedisException {
        log();
        session.call("XDEL", keys.deadLetters(), deadLetter.id());
    }

    @Override
    public FailureKind classify(Exception failure) {
        return failure instanceof RedisException known ? known.kind() : FailureKind.TRANSIENT;
    }

    @Override
    public void close() {
        closed = true;
        RedisSession open = current;
        if (open != null) {
            open.abort();
        }
    }
}
