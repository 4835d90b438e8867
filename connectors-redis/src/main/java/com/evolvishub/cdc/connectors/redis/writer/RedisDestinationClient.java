package com.evolvishub.cdc.connectors.redis.writer;

import com.evolvishub.cdc.connectors.redis.entry.StreamEntry;
import com.evolvishub.cdc.connectors.redis.entry.StreamEntryEncoder;
import com.evolvishub.cdc.connectors.redis.progress.RedisProgressStore;
import com.evolvishub.cdc.connectors.redis.session.RedisException;
import com.evolvishub.cdc.connectors.redis.session.RedisLogin;
import com.evolvishub.cdc.connectors.redis.session.RedisServerLocator;
import com.evolvishub.cdc.connectors.redis.session.RedisServerSettings;
import com.evolvishub.cdc.connectors.redis.session.RedisSession;
import com.evolvishub.cdc.connectors.redis.session.StreamKeys;
import com.evolvishub.cdc.formats.MessageEncoders;
import com.evolvishub.cdc.formats.message.MessageEncoder;
import com.evolvishub.cdc.planner.physical.Pipeline;
import com.evolvishub.cdc.planner.spec.endpoint.EndpointSpec;
import com.evolvishub.cdc.planner.spec.endpoint.Secret;
import com.evolvishub.cdc.runtime.pipeline.DestinationDescription;
import com.evolvishub.cdc.runtime.row.ChangeRow;
import com.evolvishub.cdc.runtime.row.RowSchema;
import com.evolvishub.cdc.sink.failure.DestinationException;
import com.evolvishub.cdc.sink.failure.FailureKind;
import com.evolvishub.cdc.sink.progress.Progress;
import com.evolvishub.cdc.sink.progress.ReplacedTarget;
import com.evolvishub.cdc.sink.progress.WriterIdentity;
import com.evolvishub.cdc.sink.spi.DestinationClient;
import com.evolvishub.cdc.sink.spi.RecoveredProgress;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One lane into one stream. A script compares the lane's epoch and number, appends the entries and
 * moves the number; the server runs it as one step, in memory and in its log.
 *
 * <p>A batch of more than a thousand rows or half a megabyte goes in several such steps, in order,
 * each with the number of its own last row. One that fails in the middle leaves whole steps, and
 * the number says which.
 *
 * <p>What the server has answered is as safe as its own persistence makes it: see {@link
 * RedisServerSettings#risks}.
 */
public final class RedisDestinationClient implements DestinationClient {

    private static final Logger LOG = LoggerFactory.getLogger(RedisDestinationClient.class);

    private static final String AOF_NOT_CHECKED =
            "INFO or BGREWRITEAOF is not allowed: a crash in the middle of a write, and a second one"
                    + " later, can bring rows twice";

    private final Pipeline pipeline;
    private final EndpointSpec endpoint;
    private final MessageEncoder encoder;
    private final Clock clock;
    private final StreamKeys keys;
    private final List<String> trimming;
    private volatile boolean closed;
    private volatile RedisSession current;
    private RedisSession session;
    private RedisProgressStore progressStore;
    private Progress expected = Progress.NONE;
    private OptionalLong effectiveProgress = OptionalLong.empty();
    private StreamEntryEncoder entries;

    public RedisDestinationClient(Pipeline pipeline, MessageEncoder encoder, Clock clock) {
        this.pipeline = pipeline;
        this.endpoint = pipeline.deliver().destination();
        this.encoder = encoder;
        this.clock = clock;
        this.keys = StreamKeys.of(endpoint, pipeline.identity());
        this.trimming = trimming(endpoint);
    }

    @Override
    public RecoveredProgress open(WriterIdentity who) throws RedisException, DestinationException {
        failOn(slotProblems());
        RedisSession own = session();
        boolean whole = AppendOnlyFileCheck.ensureComplete(own);
        progressStore = new RedisProgressStore(own, keys);
        progressStore.takeOver(who);
        Progress found =
                effectiveProgress(new RedisTargetVerifier(keys, pipeline.mapping()), own, who);
        RedisServerSettings settings = RedisServerSettings.of(own);
        entries = new StreamEntryEncoder(encoder, pipeline.identity(), settings.longestValue());
        if (!who.heldBefore()) {
            warn(settings.risks());
            warn(whole ? List.of() : List.of(AOF_NOT_CHECKED));
        }
        boolean exists = own.call("EXISTS", keys.stream()).equals(1L);
        return new RecoveredProgress(
                progressStore.epoch(), found, new DestinationDescription(exists, List.of()));
    }

    /** What the hash stands for at the stream that is there. */
    private Progress effectiveProgress(
            RedisTargetVerifier guard, RedisSession own, WriterIdentity who)
            throws RedisException, DestinationException {
        Progress found = progressStore.progress();
        if (!expected.targetId().isEmpty()) {
            guard.verify(own, progressStore.lastEntry(), expected.lastSequence());
        } else if (guard.isReplaced(own, progressStore.lastEntry())) {
            String now = "stream " + keys.stream();
            long number = ReplacedTarget.effectiveSequence(expected, found, now, who);
            effectiveProgress = OptionalLong.of(number);
            return Progress.recorded(number, found.sequenceHistory(), found.incarnation());
        }
        String target = progressStore.lastEntry().isEmpty() ? "" : RedisTargetVerifier.IDENTITY;
        return new Progress(
                found.lastSequence(), found.sequenceHistory(), found.incarnation(), target);
    }

    @Override
    public void expectProgress(Progress acknowledged) {
        expected = acknowledged;
    }

    @Override
    public String targetId() {
        return RedisTargetVerifier.IDENTITY;
    }

    @Override
    public Duration writeTimeout() {
        return RedisLogin.responseTimeoutOf(endpoint.connection());
    }

    private void warn(List<String> risks) {
        for (String risk : risks) {
            LOG.warn("{}: {}: {}", pipeline.mapping(), session.address(), risk);
        }
    }

    public static List<String> trimming(EndpointSpec endpoint) {
        Optional<String> most = endpoint.option("max_length").map(Secret::reveal);
        if (most.isEmpty()) {
            return List.of();
        }
        boolean exact =
                endpoint.option("approximate_trimming")
                        .filter(flag -> flag.reveal().equals("false"))
                        .isPresent();
        return List.of("MAXLEN", exact ? "=" : "~", most.get());
    }

    private RedisSession session() throws RedisException {
        if (session == null) {
            session =
                    new RedisServerLocator(endpoint, pipeline.mapping(), this::onOpened).connect();
        }
        return session;
    }

    /** From here on {@link #close} cuts this connection. */
    private void onOpened(RedisSession fresh) {
        current = fresh;
        if (closed) {
            fresh.abort();
        }
    }

    @Override
    public List<String> check(RowSchema schema) throws RedisException {
        List<String> problems = new ArrayList<>(problems(schema));
        // not in prepare: to an open lane a replica is a failover, which passes
        if (RedisServerSettings.isReplica(session())) {
            problems.add(
                    "%s: it is a replica; give the primary's address, or sentinel_master"
                            .formatted(session().address()));
        }
        return problems;
    }

    private List<String> problems(RowSchema schema) throws RedisException {
        List<String> problems = new ArrayList<>(slotProblems());
        problems.addAll(MessageEncoders.problems(pipeline, schema));
        String kind = RedisSession.text(session().call("TYPE", keys.stream()));
        if (kind.equals("none") && !pipeline.deliver().createTable()) {
            problems.add(
                    "stream %s: not there; create it, or leave out create_table: never"
                            .formatted(keys.stream()));
        } else if (!kind.equals("none") && !kind.equals("stream")) {
            problems.add(
                    "stream %s: the key is there as a %s; give another table"
                            .formatted(keys.stream(), kind));
        }
        return problems;
    }

    private List<String> slotProblems() {
        return StreamKeys.inCluster(endpoint) && !StreamKeys.canShareSlot(keys.stream())
                ? List.of(
                        "stream %s: no other key can be put into its slot of the cluster; leave the } out of its name"
                                .formatted(keys.stream()))
                : List.of();
    }

    @Override
    public void prepare(RowSchema schema) throws RedisException, DestinationException {
        failOn(problems(schema));
        if (progressStore != null && effectiveProgress.isPresent()) {
            progressStore.recount(effectiveProgress.getAsLong());
            effectiveProgress = OptionalLong.empty();
        }
    }

    private static void failOn(List<String> problems) throws DestinationException {
        if (!problems.isEmpty()) {
            throw new DestinationException(String.join("\n", problems));
        }
    }

    @Override
    public void write(List<ChangeRow> rows) throws RedisException, DestinationException {
        progressStore.write(keys.stream(), trimming, entries.encode(rows));
    }

    @Override
    public boolean supportsDeadLetters() {
        return true;
    }

    @Override
    public void writeDeadLetter(ChangeRow row, String error)
            throws RedisException, DestinationException {
        StreamEntry letter = entries.deadLetter(row, pipeline.mapping(), error, clock.instant());
        progressStore.write(keys.deadLetters(), List.of(), List.of(letter));
    }

    @Override
    public FailureKind classify(Exception failure) {
        return failure instanceof RedisException told ? told.kind() : FailureKind.TRANSIENT;
    }

    @Override
    public boolean upserts(RowSchema schema) {
        return false;
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
