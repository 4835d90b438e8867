package com.evolvishub.cdc.connectors.redis.progress;

import com.evolvishub.cdc.connectors.redis.entry.Chunk;
import com.evolvishub.cdc.connectors.redis.entry.StreamEntry;
import com.evolvishub.cdc.connectors.redis.session.LuaScript;
import com.evolvishub.cdc.connectors.redis.session.RedisException;
import com.evolvishub.cdc.connectors.redis.session.RedisServerError;
import com.evolvishub.cdc.connectors.redis.session.RedisSession;
import com.evolvishub.cdc.connectors.redis.session.StreamKeys;
import com.evolvishub.cdc.sink.failure.DestinationException;
import com.evolvishub.cdc.sink.failure.FailureKind;
import com.evolvishub.cdc.sink.failure.FencedException;
import com.evolvishub.cdc.sink.progress.Progress;
import com.evolvishub.cdc.sink.progress.SequenceHistory;
import com.evolvishub.cdc.sink.progress.WriterIdentity;
import java.util.List;
import java.util.UUID;
import redis.clients.jedis.CommandArguments;

/**
 * The hash beside the stream that says who writes the lane and what the stream holds of it: {@code
 * epoch}, {@code number}, {@code run}, {@code writer}, {@code host} and {@code mapping}; {@code
 * numbering}, who numbered its rows; {@code incarnation}, a random id that is made with it; and
 * {@code last}, the id of the entry that was written last.
 */
public final class RedisProgressStore {

    /**
     * Takes the lane if nobody else has taken it since it was looked at, and its holder has written
     * nothing more. KEYS: hash. ARGV: epoch that was seen, epoch to write under, run, writer, host,
     * mapping, numbering, incarnation if it has none yet, number that was seen.
     */
    private static final LuaScript TAKE_OVER =
            LuaScript.of(
                    """
                    if (redis.call('HGET', KEYS[1], 'epoch') or '0') ~= ARGV[1]
                        or (redis.call('HGET', KEYS[1], 'number') or '') ~= ARGV[9] then
                      return 0
                    end
                    redis.call('HSET', KEYS[1], 'epoch', ARGV[2], 'run', ARGV[3],
                      'writer', ARGV[4], 'host', ARGV[5], 'mapping', ARGV[6],
                      'numbering', ARGV[7])
                    redis.call('HSETNX', KEYS[1], 'number', '0')
                    redis.call('HSETNX', KEYS[1], 'incarnation', ARGV[8])
                    return 1
                    """);

    /**
     * Says what another stream than the one that was written to holds, if nobody has taken the lane
     * meanwhile. KEYS: hash. ARGV: epoch, writer, number that was found, number that counts,
     * numbering.
     */
    private static final LuaScript RECOUNT =
            LuaScript.of(
                    """
                    local lane = redis.call('HMGET', KEYS[1], 'epoch', 'writer', 'number')
                    if lane[1] == ARGV[1] and lane[2] == ARGV[2] and lane[3] == ARGV[3] then
                      redis.call('HSET', KEYS[1], 'number', ARGV[4], 'numbering', ARGV[5],
                        'last', '')
                    end
                    """);

    /**
     * Appends entries and moves the number, or changes nothing. A script cannot be rolled back, so
     * whatever could refuse a command (rights, memory, a replica, a full disk, a key of another
     * kind) has to refuse it before an entry is in: the first HSET writes the number that stands
     * there already, the first XADD is like all others. A stream that ends before the last entry
     * written is another one, put there in mid-run; the next entry would hide that for ever. KEYS:
     * stream, hash. ARGV: epoch, writer, number before, number after, "rows" or "letters", words of
     * trimming, these words, then for each entry how many fields and values it has, and these.
     */
    private static final LuaScript WRITE =
            LuaScript.of(
                    """
                    local call, unpack, ARGV, stream = redis.call, unpack, ARGV, KEYS[1]
                    local lane = call('HMGET', KEYS[2], 'epoch', 'writer', 'number', 'run', 'host',
                      'last')
                    if not lane[1] then
                      return {'gone'}
                    end
                    if lane[1] ~= ARGV[1] or lane[2] ~= ARGV[2] then
                      if tonumber(lane[1]) < tonumber(ARGV[1]) then
                        return {'moved', lane[3]}
                      end
                      return {'taken', lane[4], lane[5]}
                    end
                    if lane[3] ~= ARGV[3] then
                      return {'moved', lane[3]}
                    end
                    local rows, id = ARGV[5] == 'rows', false
                    if rows and lane[6] and lane[6] ~= '' then
                      if call('EXISTS', stream) == 0 then
                        return {'lost'}
                      end
                      local info, ends = call('XINFO', 'STREAM', stream), '0-0'
                      for i = 1, #info, 2 do
                        if info[i] == 'last-generated-id' then ends = info[i + 1] end
                      end
                      -- as text: a number of Lua's holds no 64 bits
                      local found, last = {ends:match('(%d+)-(%d+)')}, {lane[6]:match('(%d+)-(%d+)')}
                      local i = found[1] == last[1] and 2 or 1
                      if #found[i] < #last[i] or #found[i] == #last[i] and found[i] < last[i] then
                        return {'lost'}
                      end
                    end
                    call('HSET', KEYS[2], 'number', ARGV[3])
                    local last, words = #ARGV, tonumber(ARGV[6])
                    local at = 7 + words
                    while at <= last do
                      local next = at + 1 + tonumber(ARGV[at])
                      if next > last and words > 0 then
                        local add = {'XADD', stream}
                        for i = 7, 6 + words do add[#add + 1] = ARGV[i] end
                        add[#add + 1] = '*'
                        for i = at + 1, next - 1 do add[#add + 1] = ARGV[i] end
                        id = call(unpack(add))
                      else
                        id = call('XADD', stream, '*', unpack(ARGV, at + 1, next - 1))
                      end
                      at = next
                    end
                    if rows then
                      call('HSET', KEYS[2], 'number', ARGV[4], 'last', id)
                    else
                      call('HSET', KEYS[2], 'number', ARGV[4])
                    end
                    return {'written'}
                    """);

    /** So many pieces may be under way; more would only fill buffers. */
    private static final int MAX_IN_FLIGHT = 3;

    private final RedisSession session;
    private final StreamKeys keys;
    private String writer = "";
    private long epoch;
    private long number;
    private WriterIdentity owner;
    private Progress progress = Progress.NONE;
    private String lastEntry = "";
    private boolean scriptSent;

    public RedisProgressStore(RedisSession session, StreamKeys keys) {
        this.session = session;
        this.keys = keys;
    }

    /** Raises the epoch. */
    public void takeOver(WriterIdentity lane) throws RedisException, DestinationException {
        owner = lane;
        writer = lane.writer();
        while (true) {
            List<Object> found =
                    RedisSession.parts(
                            session.call(
                                    "HMGET",
                                    keys.progress(),
                                    "epoch",
                                    "number",
                                    "run",
                                    "writer",
                                    "host",
                                    "incarnation",
                                    "numbering",
                                    "last"));
            long seen = number(found.get(0));
            String holderRun = RedisSession.text(found.get(2));
            if (!lane.mayTakeOverFrom(holderRun, RedisSession.text(found.get(3)), seen)) {
                throw new FencedException(holderRun, RedisSession.text(found.get(4)));
            }
            epoch = lane.nextEpoch(seen);
            number = number(found.get(1));
            String known = RedisSession.text(found.get(5));
            String incarnation = known.isEmpty() ? UUID.randomUUID().toString() : known;
            SequenceHistory numbering = numbering(RedisSession.text(found.get(6)));
            CommandArguments take =
                    TAKE_OVER
                            .eval(List.of(keys.progress()))
                            .add(seen)
                            .add(epoch)
                            .add(lane.run())
                            .add(writer)
                            .add(lane.host())
                            .add(lane.mapping())
                            .add(lane.sequenceHistoryAfter(number, numbering).text())
                            .add(incarnation)
                            .add(RedisSession.text(found.get(1)));
            if (session.call(take).equals(1L)) {
                progress = Progress.recorded(number, numbering, incarnation);
                lastEntry = RedisSession.text(found.get(7));
                return;
            }
        }
    }

    /**
     * The stream is not the one that was written to: from here on the hash says what this one
     * holds. To be called when rows are about to go into it.
     *
     * @param counted it holds rows up to this number
     */
    public void recount(long counted) throws RedisException {
        session.call(
                RECOUNT.eval(List.of(keys.progress()))
                        .add(epoch)
                        .add(writer)
                        .add(number)
                        .add(counted)
                        .add(
                                owner.sequenceHistoryAfter(counted, progress.sequenceHistory())
                                        .text()));
        number = counted;
    }

    private SequenceHistory numbering(String text) throws DestinationException {
        try {
            return SequenceHistory.parse(text);
        } catch (IllegalArgumentException e) {
            throw new DestinationException(
                    "key %s: \"%s\" is no numbering; somebody has changed it"
                            .formatted(keys.progress(), text),
                    e);
        }
    }

    private long number(Object value) throws DestinationException {
        String text = RedisSession.text(value);
        try {
            return text.isEmpty() ? 0 : Long.parseLong(text);
        } catch (NumberFormatException e) {
            throw new DestinationException(
                    "key %s: \"%s\" is no number; somebody has changed it"
                            .formatted(keys.progress(), text),
                    e);
        }
    }

    public long epoch() {
        return epoch;
    }

    /** What was found when the lane was taken. */
    public Progress progress() {
        return progress;
    }

    /** Id of the last entry that was written to the stream; empty: none, or it is not known. */
    public String lastEntry() {
        return lastEntry;
    }

    /** Number of the last row that the stream holds. */
    long number() {
        return number;
    }

    /**
     * Appends entries to a stream, a piece after the other, each with its last number.
     *
     * @param stream the lane's, or that of its dead letters
     * @param trimming words for XADD that shorten the stream; may be empty
     */
    public void write(String stream, List<String> trimming, List<StreamEntry> entries)
            throws RedisException, FencedException {
        List<Chunk> pieces = Chunk.of(number, entries);
        int sent = 0;
        int written = 0;
        while (written < pieces.size()) {
            while (sent < pieces.size() && sent - written < MAX_IN_FLIGHT) {
                session.send(command(stream, trimming, pieces.get(sent++)));
            }
            try {
                handleReply(session.answer());
                number = pieces.get(written++).last();
            } catch (RedisException e) {
                if (!isUnknownScript(e)) {
                    throw e;
                }
                // the later ones found a number that was not theirs: none of them is written
                drain(sent - written - 1);
                sent = written;
                scriptSent = false;
            }
        }
    }

    private CommandArguments command(String stream, List<String> trimming, Chunk piece) {
        List<String> touched = List.of(stream, keys.progress());
        CommandArguments command = scriptSent ? WRITE.evalsha(touched) : WRITE.eval(touched);
        scriptSent = true;
        command.add(epoch).add(writer).add(piece.previous()).add(piece.last());
        command.add(stream.equals(keys.stream()) ? "rows" : "letters");
        command.add(trimming.size());
        trimming.forEach(command::add);
        for (StreamEntry entry : piece.entries()) {
            command.add(entry.fields().size());
            entry.fields().forEach(command::add);
        }
        return command;
    }

    private void handleReply(Object answer) throws RedisException, FencedException {
        List<Object> parts = RedisSession.parts(answer);
        switch (RedisSession.text(parts.get(0))) {
            case "written" -> {}
            case "taken" ->
                    throw new FencedException(
                            RedisSession.text(parts.get(1)), RedisSession.text(parts.get(2)));
            case "lost" ->
                    throw new RedisException(
                            FailureKind.TRANSIENT,
                            "%s: stream %s is gone, or another one has taken its place"
                                    .formatted(session.address(), keys.stream()));
            case "moved" ->
                    throw progressLost("it says %s".formatted(RedisSession.text(parts.get(1))));
            default -> throw progressLost("it is gone");
        }
    }

    private RedisException progressLost(String found) {
        return new RedisException(
                FailureKind.TRANSIENT,
                ("%s: key %s should say that row %d was the last, but %s: the server has lost what"
                                + " it had (a failover, an eviction), or somebody has changed it")
                        .formatted(session.address(), keys.progress(), number, found));
    }

    private static boolean isUnknownScript(RedisException failure) {
        return failure.getCause() != null
                && RedisServerError.of(failure.getCause().getMessage())
                        .code()
                        .equals(RedisServerError.NO_SCRIPT);
    }

    private void drain(int answers) throws RedisException {
        for (int i = 0; i < answers; i++) {
            try {
                session.answer();
            } catch (RedisException e) {
                if (!isUnknownScript(e)) {
                    throw e;
                }
            }
        }
    }
}
