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

/** The dead letters of one lane. Not thread-safe; connects when it is first asked. */
public final class DeadLetterService implements AutoCloseable {

    private static final int PAGE = 500;

    private final String mapping;
    private final DeadLetterStore letters;

    private DeadLetterService(String mapping, DeadLetterStore letters) {
        this.mapping = mapping;
        this.letters = letters;
    }

    /**
     * The lanes of a file whose destinations keep dead letters, disabled ones too.
     *
     * @param mappings names to look for; empty: all of them
     */
    public static List<DeadLetterService> of(PlannedFile file, List<String> mappings) {
        DestinationConnectors destinations = DestinationConnectors.load();
        List<DeadLetterService> boxes = new ArrayList<>();
        for (Pipeline pipeline : file.physical().pipelines()) {
            if (file.unsupported(pipeline).isEmpty() && isMeant(pipeline, mappings)) {
                destinations
                        .connector(pipeline.deliver().destination().type())
                        .deadLetterStore(pipeline)
                        .ifPresent(
                                found ->
                                        boxes.add(
                                                new DeadLetterService(pipeline.mapping(), found)));
            }
        }
        return boxes;
    }

    /** Whether a lane has one of the names; a mapping's name means all its destinations. */
    private static boolean isMeant(Pipeline pipeline, List<String> mappings) {
        return mappings.isEmpty()
                || mappings.stream()
                        .anyMatch(
                                name ->
                                        pipeline.mapping().equals(name)
                                                || pipeline.mapping().startsWith(name + "→"));
    }

    /** The lane's name. */
    public String mapping() {
        return mapping;
    }

    /** The oldest letters, at most so many. */
    public List<DeadLetter> oldest(int atMost) throws Exception {
        return letters.listAfter("", atMost);
    }

    /** The letter of that id. */
    public Optional<DeadLetter> find(String id) throws Exception {
        return letters.find(id);
    }

    /** What is done with a letter. */
    public interface Action {
        void on(DeadLetter letter) throws Exception;
    }

    /** Goes through all letters, oldest first; each may be gone afterwards. */
    public void forEach(Action work) throws Exception {
        String last = "";
        while (true) {
            List<DeadLetter> page = letters.listAfter(last, PAGE);
            for (DeadLetter letter : page) {
                work.on(letter);
                last = letter.id();
            }
            if (page.size() < PAGE) {
                return;
            }
        }
    }

    /** Writes a letter's row again; says why not if it was not. */
    public Optional<String> replay(DeadLetter letter, ReplayPolicy rule) throws Exception {
        return letters.replay(letter, rule);
    }

    /** Takes a letter away for good. */
    public void drop(DeadLetter letter) throws Exception {
        letters.drop(letter);
    }

    @Override
    public void close() {
        letters.close();
    }
}
