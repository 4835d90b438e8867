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
 * The dead letters of one lane in {@code <stream>:dlq}. A script appends the entry and deletes the
 * letter in one step, and only if nothing has come to the stream behind the place up to which newer
 * versions of the key were looked for.
 */
public final class RedisDeadLetterStore implements DeadLetterStore {

    /**
     * Whatever could refuse a command has to refuse it before the entry is in: the first XDEL names
     * an id that no entry has. KEYS: stream, dead letters. ARGV: the letter, up to where the stream
     * was read, words of trimming, these words, then fields and values.
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

    private static final String GONE = "it is not there any more";

    private final Pipeline pipeline;
    private final EndpointSpec endpoint;
    private final StreamKeys keys;
    private volatile boolean closed;
    private volatile RedisSession current;
    private RedisSession session;
    private RedisDeadLetterLog letters;

    public RedisDeadLetterStore(Pipeline pipeline) {
        this.pipeline = pipeline;
        this.endpoint = pipeline.deliver().destination();
        this.keys = StreamKeys.of(endpoint, pipeline.identity());
    }

    private RedisDeadLetterLog letters() throws RedisException {
        if (session == null) {
            session =
                    new RedisServerLocator(endpoint, pipeline.mapping(), this::onOpened).connect();
            letters = new RedisDeadLetterLog(session, keys, pipeline.identity());
        }
        letters.refresh();
        return letters;
    }

    /** From here on {@link #close} cuts this connection. */
    private void onOpened(RedisSession fresh) {
        current = fresh;
        if (closed) {
            fresh.abort();
        }
    }

    @Override
    public List<DeadLetter> listAfter(String id, int atMost) throws RedisException {
        RedisDeadLetterLog all = letters();
        return all.after(id, atMost).stream()
                .map(letter -> letter.toDeadLetter(all.supersededReason(letter)))
                .toList();
    }

    @Override
    public Optional<DeadLetter> find(String id) throws RedisException {
        RedisDeadLetterLog all = letters();
        return all.find(id).map(letter -> letter.toDeadLetter(all.supersededReason(letter)));
    }

    @Override
    public Optional<String> replay(DeadLetter wanted, ReplayPolicy rule) throws RedisException {
        RedisDeadLetterLog all = letters();
        Optional<DeadLetterMessage> found = all.find(wanted.id());
        if (found.isEmpty()) {
            return Optional.of(GONE);
        }
        DeadLetterMessage letter = found.get();
        Optional<String> hindrance = replayBlocker(letter);
        if (hindrance.isPresent()) {
            return hindrance;
        }
        while (true) {
            String seen = all.readTail();
            String newer = all.supersededReason(letter);
            if (all.isDelivered(letter)) {
                // a crash has cut off what deletes it
                drop(wanted);
                return Optional.empty();
            }
            if (!newer.isEmpty() && rule == ReplayPolicy.REFUSE_SUPERSEDED) {
                return Optional.of(newer);
            }
            switch (tryReplay(letter, seen)) {
                case "written" -> {
                    return Optional.empty();
                }
                case "gone" -> {
                    return Optional.of(GONE);
                }
                // something came to the stream: it may be a newer version
                default -> {}
            }
        }
    }

    private Optional<String> replayBlocker(DeadLetterMessage letter) throws RedisException {
        if (letter.replayBlocker().isPresent()) {
            return letter.replayBlocker();
        }
        // rows that have no key are all inserts
        if (letter.key().isEmpty() && !letter.attributes().getOrDefault("op", "").equals("c")) {
            return Optional.of("an earlier build put it there, which did not note its key");
        }
        int length = letter.payload().map(payload -> payload.length).orElse(0);
        long longest = RedisServerSettings.of(session).longestValue();
        return length <= longest
                ? Optional.empty()
                : Optional.of(
                        "refused again: its payload of %d bytes is above the limit of %d (proto-max-bulk-len)"
                                .formatted(length, longest));
    }

    /** Written, gone, or moved: the stream holds more than was seen. */
    String tryReplay(DeadLetterMessage letter, String seen) throws RedisException {
        return RedisSession.text(session.call(command(letter, seen)));
    }

    private CommandArguments command(DeadLetterMessage letter, String seen) {
        List<String> trimming = RedisDestinationClient.trimming(endpoint);
        CommandArguments command = REPLAY.eval(List.of(keys.stream(), keys.deadLetters()));
        command.add(letter.id()).add(seen).add(trimming.size());
        trimming.forEach(command::add);
        StreamEntry.Fields fields = new StreamEntry.Fields();
        letter.messageAttributes().forEach(fields::with);
        letter.key().ifPresent(key -> fields.with(StreamEntryEncoder.KEY, key));
        fields.with(StreamEntryEncoder.payloadPart(1), letter.payload().orElseThrow());
        fields.entry(letter.sequence()).fields().forEach(command::add);
        return command;
    }

    @Override
    public void drop(DeadLetter letter) throws RedisException {
        letters();
        session.call("XDEL", keys.deadLetters(), letter.id());
    }

    @Override
    public FailureKind classify(Exception failure) {
        return failure instanceof RedisException told ? told.kind() : FailureKind.TRANSIENT;
    }

    @Override
    public void close() {
        closed = true;
        RedisSession held = current;
        if (held != null) {
            held.abort();
        }
    }
}
