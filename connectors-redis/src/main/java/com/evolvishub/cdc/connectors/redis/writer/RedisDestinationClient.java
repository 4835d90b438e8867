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
 * Writes one pipeline into one stream. A script checks the pipeline's epoch and sequence number,
 * appends the entries and advances the number; the server runs it atomically, in memory and in its
 * append-only file.
 *
 * <p>A batch of more than 1000 rows or 512 KiB is written in several chunks, in order, each with
 * the sequence number of its last row. An error leaves complete chunks only, and the sequence
 * number shows which.
 *
 * <p>Acknowledged rows are as durable as the server's persistence: see {@link
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
    public RecoveredProgress open(WriterIdentity writer)
            throws RedisException, DestinationException {
        failOn(slotProblems());
        RedisSession connected = session();
        boolean fileComplete = AppendOnlyFileCheck.ensureComplete(connected);
        progressStore = new RedisProgressStore(connected, keys);
        progressStore.takeOver(writer);
        Progress found =
                effectiveProgress(
                        new RedisTargetVerifier(keys, pipeline.mapping()), connected, writer);
        RedisServerSettings settings = RedisServerSettings.of(connected);
        entries = new StreamEntryEncoder(encoder, pipeline.identity(), settings.longestValue());
        if (!writer.heldBefore()) {
            warn(settings.risks());
            warn(fileComplete ? List.of() : List.of(AOF_NOT_CHECKED));
        }
        boolean exists = connected.call("EXISTS", keys.stream()).equals(1L);
        return new RecoveredProgress(
                progressStore.epoch(), found, new DestinationDescription(exists, List.of()));
    }

    /** The progress that the hash means for the existing stream. */
    private Progress effectiveProgress(
            RedisTargetVerifier verifier, RedisSession connected, WriterIdentity writer)
            throws RedisException, DestinationException {
        Progress found = progressStore.progress();
        if (!expected.targetId().isEmpty()) {
            verifier.verify(connected, progressStore.lastEntry(), expected.lastSequence());
        } else if (verifier.isReplaced(connected, progressStore.lastEntry())) {
            String targetName = "stream " + keys.stream();
            long sequence = ReplacedTarget.effectiveSequence(expected, found, targetName, writer);
            effectiveProgress = OptionalLong.of(sequence);
            return Progress.recorded(sequence, found.sequenceHistory(), found.incarnation());
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
        Optional<String> maxLength = endpoint.option("max_length").map(Secret::reveal);
        if (maxLength.isEmpty()) {
            return List.of();
        }
        boolean exact =
                endpoint.option("approximate_trimming")
                        .filter(flag -> flag.reveal().equals("false"))
                        .isPresent();
        return List.of("MAXLEN", exact ? "=" : "~", maxLength.get());
    }

    private RedisSession session() throws RedisException {
        if (session == null) {
            session =
                    new RedisServerLocator(endpoint, pipeline.mapping(), this::onOpened).connect();
        }
        return session;
    }

    /** From here on {@link #close} aborts this connection. */
    private void onOpened(RedisSession opened) {
        current = opened;
        if (closed) {
            opened.abort();
        }
    }

    @Override
    public List<String> check(RowSchema schema) throws RedisException {
        List<String> problems = new ArrayList<>(problems(schema));
        // not in prepare: for an open pipeline a replica is a failover, which is transient
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
            progressStore.rewindTo(effectiveProgress.getAsLong());
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
        StreamEntry deadLetter =
                entries.deadLetter(row, pipeline.mapping(), error, clock.instant());
        progressStore.write(keys.deadLetters(), List.of(), List.of(deadLetter));
    }

    @Override
    public FailureKind classify(Exception failure) {
        return failure instanceof RedisException known ? known.kind() : FailureKind.TRANSIENT;
    }

    @Override
    public boolean upserts(RowSchema schema) {
        return false;
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
