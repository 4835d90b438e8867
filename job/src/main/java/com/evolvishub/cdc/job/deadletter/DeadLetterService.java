package com.evolvishub.cdc.job.deadletter;

import com.evolvishub.cdc.job.api.PlannedFile;
import com.evolvishub.cdc.planner.physical.Pipeline;
import com.evolvishub.cdc.sink.deadletter.DeadLetter;
import com.evolvishub.cdc.sink.deadletter.DeadLetterStore;
import com.evolvishub.cdc.sink.deadletter.ReplayPolicy;
import com.evolvishub.cdc.sink.spi.DestinationConnectors;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The dead letters of one pipeline. Not thread-safe; connects on first use. */
public final class DeadLetterService implements AutoCloseable {

    private static final int PAGE = 500;

    private final String mapping;
    private final DeadLetterStore store;

    private DeadLetterService(String mapping, DeadLetterStore store) {
        this.mapping = mapping;
        this.store = store;
    }

    /**
     * A service for each pipeline of a file whose destination stores dead letters, disabled ones
     * too.
     *
     * @param mappings names of mappings or pipelines; empty: all of them
     */
    public static List<DeadLetterService> of(PlannedFile file, List<String> mappings) {
        DestinationConnectors destinations = DestinationConnectors.load();
        List<DeadLetterService> services = new ArrayList<>();
        for (Pipeline pipeline : file.physical().pipelines()) {
            if (file.unsupported(pipeline).isEmpty() && matches(pipeline, mappings)) {
                destinations
                        .connector(pipeline.deliver().destination().type())
                        .deadLetterStore(pipeline)
                        .ifPresent(
                                found ->
                                        services.add(
                                                new DeadLetterService(pipeline.mapping(), found)));
            }
        }
        return services;
    }

    /** Whether a pipeline has one of the names; a mapping's name means all its destinations. */
    private static boolean matches(Pipeline pipeline, List<String> mappings) {
        return mappings.isEmpty()
                || mappings.stream()
                        .anyMatch(
                                name ->
                                        pipeline.mapping().equals(name)
                                                || pipeline.mapping().startsWith(name + "→"));
    }

    /** The pipeline's name. */
    public String mapping() {
        return mapping;
    }

    /** The oldest dead letters. */
    public List<DeadLetter> oldest(int atMost) throws Exception {
        return store.listAfter("", atMost);
    }

    /** The dead letter with this id. */
    public Optional<DeadLetter> find(String id) throws Exception {
        return store.find(id);
    }

    /** An action on a dead letter. */
    public interface Action {
        void on(DeadLetter deadLetter) throws Exception;
    }

    /** Runs an action on all dead letters, oldest first; the action may delete the dead letter. */
    public void forEach(Action action) throws Exception {
        String last = "";
        while (true) {
            List<DeadLetter> page = store.listAfter(last, PAGE);
            for (DeadLetter deadLetter : page) {
                action.on(deadLetter);
                last = deadLetter.id();
            }
            if (page.size() < PAGE) {
                return;
            }
        }
    }

    /** Writes a dead letter's row again; returns the reason if it was not written. */
    public Optional<String> replay(DeadLetter deadLetter, ReplayPolicy policy) throws Exception {
        return store.replay(deadLetter, policy);
    }

    /** Deletes a dead letter permanently. */
    public void drop(DeadLetter deadLetter) throws Exception {
        store.drop(deadLetter);
    }

    @Override
    public void close() {
        store.close();
    }
}
