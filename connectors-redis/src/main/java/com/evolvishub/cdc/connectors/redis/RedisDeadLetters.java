package com.evolvishub.cdc.connectors.redis;

import com.evolvishub.cdc.delivery.BusLetter;
import com.evolvishub.cdc.delivery.DeadLetter;
import com.evolvishub.cdc.delivery.DeadLetters;
import com.evolvishub.cdc.delivery.Failure;
import com.evolvishub.cdc.delivery.ReplayRule;
import com.evolvishub.cdc.planner.physical.Pipeline;
import com.evolvishub.cdc.planner.spec.EndpointSpec;
import java.util.List;
import java.util.Optional;
import redis.clients.jedis.CommandArguments;

/**
 * The dead letters of one lane in {@code <stream>:dlq}. A script appends the entry and deletes the
 * letter in one step, and only if nothing has come to the stream behind the place up to which newer
 * versions of the key were looked for.
 */
final class RedisDeadLetters implements DeadLetters {

    /**
     * Whatever could refuse a command has to refuse it before the entry is in: the first XDEL names
     * an id that no entry has. KEYS: stream, dead letters. ARGV: the letter, up to where the stream
     * was read, words of trimming, these words, then fields and values.
     */
    private static final Script REPLAY =
            Script.of(
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
    private LetterStream letters;

    RedisDeadLetters(Pipeline pipeline) {
        this.pipeline = pipeline;
        this.endpoint = pipeline.deliver().destination();
        this.keys = StreamKeys.of(endpoint, pipeline.identity());
    }

    private LetterStream letters() throws RedisFailure {
        if (session == null) {
            session = new ServerLookup(endpoint, pipeline.mapping(), this::holds).connect();
            letters = new LetterStream(session, keys, pipeline.identity());
        }
        letters.refresh();
        return letters;
    }

    /** From here on {@link #close} cuts this connection. */
    private void holds(RedisSession fresh) {
        current = fresh;
        if (closed) {
            fresh.abort();
        }
    }

    @Override
    public List<DeadLetter> after(String id, int atMost) throws RedisFailure {
        LetterStream all = letters();
        return all.after(id, atMost).stream()
                .map(letter -> letter.told(all.newerThan(letter)))
                .toList();
    }

    @Override
    public Optional<DeadLetter> find(String id) throws RedisFailure {
        LetterStream all = letters();
        return all.find(id).map(letter -> letter.told(all.newerThan(letter)));
    }

    @Override
    public Optional<String> replay(DeadLetter wanted, ReplayRule rule) throws RedisFailure {
        LetterStream all = letters();
        Optional<BusLetter> found = all.find(wanted.id());
        if (found.isEmpty()) {
            return Optional.of(GONE);
        }
        BusLetter letter = found.get();
        Optional<String> hindrance = hindrance(letter);
        if (hindrance.isPresent()) {
            return hindrance;
        }
        while (true) {
            String seen = all.readTail();
            String newer = all.newerThan(letter);
            if (all.isThere(letter)) {
                // a crash has cut off what deletes it
                drop(wanted);
                return Optional.empty();
            }
            if (!newer.isEmpty() && rule == ReplayRule.REFUSE_SUPERSEDED) {
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

    private Optional<String> hindrance(BusLetter letter) throws RedisFailure {
        if (letter.hindrance().isPresent()) {
            return letter.hindrance();
        }
        // rows that have no key are all inserts
        if (letter.key().isEmpty() && !letter.attributes().getOrDefault("op", "").equals("c")) {
            return Optional.of("an earlier build put it there, which did not note its key");
        }
        int length = letter.payload().map(payload -> payload.length).orElse(0);
        long longest = ServerSettings.of(session).longestValue();
        return length <= longest
                ? Optional.empty()
                : Optional.of(
                        "refused again: its payload of %d bytes is above the limit of %d (proto-max-bulk-len)"
                                .formatted(length, longest));
    }

    /** Written, gone, or moved: the stream holds more than was seen. */
    String tryReplay(BusLetter letter, String seen) throws RedisFailure {
        return RedisSession.text(session.call(command(letter, seen)));
    }

    private CommandArguments command(BusLetter letter, String seen) {
        List<String> trimming = RedisStreamsClient.trimming(endpoint);
        CommandArguments command = REPLAY.eval(List.of(keys.stream(), keys.deadLetters()));
        command.add(letter.id()).add(seen).add(trimming.size());
        trimming.forEach(command::add);
        Entry.Fields fields = new Entry.Fields();
        letter.messageAttributes().forEach(fields::with);
        letter.key().ifPresent(key -> fields.with(Entries.KEY, key));
        fields.with(Entries.payloadPart(1), letter.payload().orElseThrow());
        fields.entry(letter.number()).fields().forEach(command::add);
        return command;
    }

    @Override
    public void drop(DeadLetter letter) throws RedisFailure {
        letters();
        session.call("XDEL", keys.deadLetters(), letter.id());
    }

    @Override
    public Failure classify(Exception failure) {
        return failure instanceof RedisFailure told ? told.kind() : Failure.TRANSIENT;
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
