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
 * The progress record of a pipeline: a hash in the slot of the stream with its writer and what the
 * stream holds. Fields: {@code epoch}, {@code number} (last sequence number), {@code run}, {@code
 * writer}, {@code host}, {@code mapping}, {@code numbering} (sequence history), {@code incarnation}
 * (random id of the record) and {@code last} (id of the last entry written).
 */
public final class RedisProgressStore {

    /**
     * Takes over the pipeline, unless another writer has taken over or the current writer has
     * written since the record was read. KEYS: hash. ARGV: epoch that was read, new epoch, run,
     * writer, host, mapping, sequence history, incarnation for a new record, sequence number that
     * was read.
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
     * Sets the progress for a replaced stream, unless another writer has taken over. KEYS: hash.
     * ARGV: epoch, writer, sequence number that was read, effective sequence number, sequence
     * history.
     */
    private static final LuaScript REWIND =
            LuaScript.of(
                    """
                    local lane = redis.call('HMGET', KEYS[1], 'epoch', 'writer', 'number')
                    if lane[1] == ARGV[1] and lane[2] == ARGV[2] and lane[3] == ARGV[3] then
                      redis.call('HSET', KEYS[1], 'number', ARGV[4], 'numbering', ARGV[5],
                        'last', '')
                    end
                    """);

    /**
     * Appends entries and advances the sequence number, or changes nothing. A script cannot be
     * rolled back, so any error of a command (rights, memory, a replica, a full disk, a key of
     * another type) must occur before an entry is appended: the first HSET writes the current
     * number again, and all XADD commands are alike. A stream that ends before the last entry
     * written was replaced during the run; the next entry would hide that permanently. KEYS:
     * stream, hash. ARGV: epoch, writer, sequence number before and after, "rows" or "letters",
     * number of trimming arguments, these arguments, then for each entry the number of its fields
     * and values, and these.
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

    /** Maximum number of chunks in flight; more would only fill buffers. */
    private static final int MAX_IN_FLIGHT = 3;

    private final RedisSession session;
    private final StreamKeys keys;
    private String writer = "";
    private long epoch;
    private long lastSequence;
    private WriterIdentity owner;
    private Progress progress = Progress.NONE;
    private String lastEntry = "";
    private boolean scriptSent;

    public RedisProgressStore(RedisSession session, StreamKeys keys) {
        this.session = session;
        this.keys = keys;
    }

    /** Takes over the pipeline and raises its epoch. */
    public void takeOver(WriterIdentity newWriter) throws RedisException, DestinationException {
        owner = newWriter;
        writer = newWriter.writer();
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
            long seen = parseNumber(found.get(0));
            String currentRun = RedisSession.text(found.get(2));
            if (!newWriter.mayTakeOverFrom(currentRun, RedisSession.text(found.get(3)), seen)) {
                throw new FencedException(currentRun, RedisSession.text(found.get(4)));
            }
            epoch = newWriter.nextEpoch(seen);
            lastSequence = parseNumber(found.get(1));
            String known = RedisSession.text(found.get(5));
            String incarnation = known.isEmpty() ? UUID.randomUUID().toString() : known;
            SequenceHistory sequenceHistory = sequenceHistory(RedisSession.text(found.get(6)));
            CommandArguments takeOver =
                    TAKE_OVER
                            .eval(List.of(keys.progress()))
                            .add(seen)
                            .add(epoch)
                            .add(newWriter.run())
                            .add(writer)
                            .add(newWriter.host())
                            .add(newWriter.mapping())
                            .add(
                                    newWriter
                                            .sequenceHistoryAfter(lastSequence, sequenceHistory)
                                            .text())
                            .add(incarnation)
                            .add(RedisSession.text(found.get(1)));
            if (session.call(takeOver).equals(1L)) {
                progress = Progress.recorded(lastSequence, sequenceHistory, incarnation);
                lastEntry = RedisSession.text(found.get(7));
                return;
            }
        }
    }

    /**
     * Sets the progress for a stream that was replaced. To be called before rows are written to it.
     *
     * @param effective the stream holds rows up to this sequence number
     */
    public void rewindTo(long effective) throws RedisException {
        session.call(
                REWIND.eval(List.of(keys.progress()))
                        .add(epoch)
                        .add(writer)
                        .add(lastSequence)
                        .add(effective)
                        .add(
                                owner.sequenceHistoryAfter(effective, progress.sequenceHistory())
                                        .text()));
        lastSequence = effective;
    }

    private SequenceHistory sequenceHistory(String text) throws DestinationException {
        try {
            return SequenceHistory.parse(text);
        } catch (IllegalArgumentException e) {
            throw new DestinationException(
                    "key %s: \"%s\" is no numbering; somebody has changed it"
                            .formatted(keys.progress(), text),
                    e);
        }
    }

    private long parseNumber(Object value) throws DestinationException {
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

    /** The progress found when the pipeline was taken over. */
    public Progress progress() {
        return progress;
    }

    /** Id of the last entry that was written to the stream; empty: none, or not known. */
    public String lastEntry() {
        return lastEntry;
    }

    /** Sequence number of the last row that the stream holds. */
    long lastSequence() {
        return lastSequence;
    }

    /**
     * Appends entries to a stream, one chunk after the other, each with its last sequence number.
     *
     * @param stream the pipeline's stream, or that of its dead letters
     * @param trimming arguments for XADD that trim the stream; may be empty
     */
    public void write(String stream, List<String> trimming, List<StreamEntry> entries)
            throws RedisException, FencedException {
        List<Chunk> chunks = Chunk.of(lastSequence, entries);
        int sent = 0;
        int written = 0;
        while (written < chunks.size()) {
            while (sent < chunks.size() && sent - written < MAX_IN_FLIGHT) {
                session.send(command(stream, trimming, chunks.get(sent++)));
            }
            try {
                handleReply(session.reply());
                lastSequence = chunks.get(written++).last();
            } catch (RedisException e) {
                if (!isUnknownScript(e)) {
                    throw e;
                }
                // later chunks expect a higher sequence number: none of them is written
                drain(sent - written - 1);
                sent = written;
                scriptSent = false;
            }
        }
    }

    private CommandArguments command(String stream, List<String> trimming, Chunk chunk) {
        List<String> scriptKeys = List.of(stream, keys.progress());
        CommandArguments command = scriptSent ? WRITE.evalsha(scriptKeys) : WRITE.eval(scriptKeys);
        scriptSent = true;
        command.add(epoch).add(writer).add(chunk.previous()).add(chunk.last());
        command.add(stream.equals(keys.stream()) ? "rows" : "letters");
        command.add(trimming.size());
        trimming.forEach(command::add);
        for (StreamEntry entry : chunk.entries()) {
            command.add(entry.fields().size());
            entry.fields().forEach(command::add);
        }
        return command;
    }

    private void handleReply(Object reply) throws RedisException, FencedException {
        List<Object> parts = RedisSession.parts(reply);
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
                        .formatted(session.address(), keys.progress(), lastSequence, found));
    }

    private static boolean isUnknownScript(RedisException failure) {
        return failure.getCause() != null
                && RedisServerError.of(failure.getCause().getMessage())
                        .code()
                        .equals(RedisServerError.NO_SCRIPT);
    }

    private void drain(int replies) throws RedisException {
        for (int i = 0; i < replies; i++) {
            try {
                session.reply();
            } catch (RedisException e) {
                if (!isUnknownScript(e)) {
                    throw e;
                }
            }
        }
    }
}
