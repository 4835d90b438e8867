package com.evolvishub.cdc.job.letters;

import com.evolvishub.cdc.delivery.DeadLetter;
import com.evolvishub.cdc.delivery.DeadLetters;
import com.evolvishub.cdc.delivery.Destinations;
import com.evolvishub.cdc.delivery.ReplayRule;
import com.evolvishub.cdc.job.api.PlannedFile;
import com.evolvishub.cdc.planner.physical.Pipeline;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The dead letters of one lane. Not thread-safe; connects when it is first asked. */
public final class LetterBox implements AutoCloseable {

    private static final int PAGE = 500;

    private final String mapping;
    private final DeadLetters letters;

    private LetterBox(String mapping, DeadLetters letters) {
        this.mapping = mapping;
        this.letters = letters;
    }

    /**
     * The lanes of a file whose destinations keep dead letters, disabled ones too.
     *
     * @param mappings names to look for; empty: all of them
     */
    public static List<LetterBox> of(PlannedFile file, List<String> mappings) {
        Destinations destinations = Destinations.load();
        List<LetterBox> boxes = new ArrayList<>();
        for (Pipeline pipeline : file.physical().pipelines()) {
            if (file.notBuilt(pipeline).isEmpty() && isMeant(pipeline, mappings)) {
                destinations
                        .connector(pipeline.deliver().destination().type())
                        .deadLetters(pipeline)
                        .ifPresent(found -> boxes.add(new LetterBox(pipeline.mapping(), found)));
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
        return letters.after("", atMost);
    }

    /** The letter of that id. */
    public Optional<DeadLetter> find(String id) throws Exception {
        return letters.find(id);
    }

    /** What is done with a letter. */
    public interface Work {
        void on(DeadLetter letter) throws Exception;
    }

    /** Goes through all letters, oldest first; each may be gone afterwards. */
    public void each(Work work) throws Exception {
        String last = "";
        while (true) {
            List<DeadLetter> page = letters.after(last, PAGE);
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
    public Optional<String> replay(DeadLetter letter, ReplayRule rule) throws Exception {
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
