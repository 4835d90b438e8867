package com.evolvishub.cdc.source.session;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/**
 * Several questions that one statement answers, such as the one that takes a poll's snapshot: one
 * round trip in place of several, and all answers come from the same moment. Used once.
 */
public final class CombinedQuery {

    private final List<Answer<?>> answers = new ArrayList<>();

    /** Reads one answer. */
    public interface Reader<T> {
        /**
         * Called with the result on its first row.
         *
         * @param before how many columns stand before the answer's own
         */
        T read(ResultSet found, int before) throws SQLException;
    }

    /**
     * A question.
     *
     * @param select a SELECT
     * @param columns how many it has
     * @param manyRows whether it has more than one row; one question of a statement may
     */
    public record Question<T>(String select, int columns, boolean manyRows, Reader<T> reader) {
        public Question(String select, int columns, Reader<T> reader) {
            this(select, columns, false, reader);
        }
    }

    /** What the database has said; there once the statement was sent. */
    public static final class Answer<T> {
        private final Question<T> question;
        private T value;

        private Answer(Question<T> question) {
            this.question = question;
        }

        private void read(ResultSet found, int before) throws SQLException {
            value = question.reader().read(found, before);
        }

        /** The answer. */
        public T get() {
            return value;
        }
    }

    /** One more question. */
    public <T> Answer<T> ask(Question<T> question) {
        Answer<T> answer = new Answer<>(question);
        // who reads many rows leaves the first one behind
        answers.add(question.manyRows() ? answers.size() : 0, answer);
        return answer;
    }

    /** Sends them all; nothing if there are none. */
    public void send(SourceSession session) throws SQLException {
        if (answers.isEmpty()) {
            return;
        }
        List<String> with = new ArrayList<>();
        List<String> columns = new ArrayList<>();
        List<String> from = new ArrayList<>();
        for (int i = 0; i < answers.size(); i++) {
            // each is run once, whatever the planner makes of the join
            with.add("q" + i + " AS MATERIALIZED (" + answers.get(i).question.select() + ")");
            columns.add("q" + i + ".*");
            from.add("q" + i);
        }
        String sql =
                "WITH %s SELECT %s FROM %s"
                        .formatted(
                                String.join(", ", with),
                                String.join(", ", columns),
                                String.join(", ", from));
        session.query(sql, this::read);
    }

    private Void read(ResultSet found) throws SQLException {
        found.next();
        int before = 0;
        for (Answer<?> answer : answers) {
            answer.read(found, before);
            before += answer.question.columns();
        }
        return null;
    }
}
