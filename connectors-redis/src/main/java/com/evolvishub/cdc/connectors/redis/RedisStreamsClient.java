package com.evolvishub.cdc.connectors.redis;

import com.evolvishub.cdc.delivery.DestinationClient;
import com.evolvishub.cdc.delivery.DestinationException;
import com.evolvishub.cdc.delivery.Failure;
import com.evolvishub.cdc.delivery.Lane;
import com.evolvishub.cdc.delivery.LaneOpening;
import com.evolvishub.cdc.delivery.Progress;
import com.evolvishub.cdc.delivery.WrittenElsewhere;
import com.evolvishub.cdc.flow.ChangeRow;
import com.evolvishub.cdc.flow.RowSchema;
import com.evolvishub.cdc.flow.Target;
import com.evolvishub.cdc.payload.MessageEncoder;
import com.evolvishub.cdc.payload.MessageEncoders;
import com.evolvishub.cdc.planner.physical.Pipeline;
import com.evolvishub.cdc.planner.spec.EndpointSpec;
import com.evolvishub.cdc.planner.spec.Secret;
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
 * ServerSettings#risks}.
 */
final class RedisStreamsClient implements DestinationClient {

    private static final Logger LOG = LoggerFactory.getLogger(RedisStreamsClient.class);

    private static final String HALF_SCRIPTS =
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
    private LaneHash lane;
    private Progress expected = Progress.NONE;
    private OptionalLong counted = OptionalLong.empty();
    private Entries entries;

    RedisStreamsClient(Pipeline pipeline, MessageEncoder encoder, Clock clock) {
        this.pipeline = pipeline;
        this.endpoint = pipeline.deliver().destination();
        this.encoder = encoder;
        this.clock = clock;
        this.keys = StreamKeys.of(endpoint, pipeline.identity());
        this.trimming = trimming(endpoint);
    }

    @Override
    public LaneOpening open(Lane who) throws RedisFailure, DestinationException {
        refuse(slotProblems());
        RedisSession own = session();
        boolean whole = AppendOnlyFile.mend(own);
        lane = new LaneHash(own, keys);
        lane.take(who);
        Progress found = counted(new StreamGuard(keys, pipeline.mapping()), own, who);
        ServerSettings settings = ServerSettings.of(own);
        entries = new Entries(encoder, pipeline.identity(), settings.longestValue());
        if (!who.held()) {
            warn(settings.risks());
            warn(whole ? List.of() : List.of(HALF_SCRIPTS));
        }
        boolean exists = own.call("EXISTS", keys.stream()).equals(1L);
        return new LaneOpening(lane.epoch(), found, new Target(exists, List.of()));
    }

    /** What the hash stands for at the stream that is there. */
    private Progress counted(StreamGuard guard, RedisSession own, Lane who)
            throws RedisFailure, DestinationException {
        Progress found = lane.progress();
        if (!expected.target().isEmpty()) {
            guard.check(own, lane.lastEntry(), expected.number());
        } else if (guard.isAnother(own, lane.lastEntry())) {
            String now = "stream " + keys.stream();
            long number = WrittenElsewhere.counted(expected, found, now, who);
            counted = OptionalLong.of(number);
            return Progress.recorded(number, found.numbering(), found.incarnation());
        }
        String target = lane.lastEntry().isEmpty() ? "" : StreamGuard.IDENTITY;
        return new Progress(found.number(), found.numbering(), found.incarnation(), target);
    }

    @Override
    public void expect(Progress acknowledged) {
        expected = acknowledged;
    }

    @Override
    public String targetIdentity() {
        return StreamGuard.IDENTITY;
    }

    @Override
    public Duration writeTimeout() {
        return Login.patience(endpoint.connection());
    }

    private void warn(List<String> risks) {
        for (String risk : risks) {
            LOG.warn("{}: {}: {}", pipeline.mapping(), session.address(), risk);
        }
    }

    static List<String> trimming(EndpointSpec endpoint) {
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

    private RedisSession session() throws RedisFailure {
        if (session == null) {
            session = new ServerLookup(endpoint, pipeline.mapping(), this::holds).connect();
        }
        return session;
    }

    /** From here on {@link #close} cuts this connection. */
    private void holds(RedisSession fresh) {
        current = fresh;
        if (closed) {
            fresh.abort();
        }
    }

    @Override
    public List<String> check(RowSchema schema) throws RedisFailure {
        List<String> problems = new ArrayList<>(problems(schema));
        // not in prepare: to an open lane a replica is a failover, which passes
        if (ServerSettings.isReplica(session())) {
            problems.add(
                    "%s: it is a replica; give the primary's address, or sentinel_master"
                            .formatted(session().address()));
        }
        return problems;
    }

    private List<String> problems(RowSchema schema) throws RedisFailure {
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
    public void prepare(RowSchema schema) throws RedisFailure, DestinationException {
        refuse(problems(schema));
        if (lane != null && counted.isPresent()) {
            lane.countAnew(counted.getAsLong());
            counted = OptionalLong.empty();
        }
    }

    private static void refuse(List<String> problems) throws DestinationException {
        if (!problems.isEmpty()) {
            throw new DestinationException(String.join("\n", problems));
        }
    }

    @Override
    public void write(List<ChangeRow> rows) throws RedisFailure, DestinationException {
        lane.write(keys.stream(), trimming, entries.of(rows));
    }

    @Override
    public boolean keepsDeadLetters() {
        return true;
    }

    @Override
    public void writeDeadLetter(ChangeRow row, String error)
            throws RedisFailure, DestinationException {
        Entry letter = entries.deadLetter(row, pipeline.mapping(), error, clock.instant());
        lane.write(keys.deadLetters(), List.of(), List.of(letter));
    }

    @Override
    public Failure classify(Exception failure) {
        return failure instanceof RedisFailure told ? told.kind() : Failure.TRANSIENT;
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
