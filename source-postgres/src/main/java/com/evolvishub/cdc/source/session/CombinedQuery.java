package com.evolvishub.cdc.source.session;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/**
 * Combines several queries into one statement, such as the one that takes a poll's database
 * snapshot: one round trip instead of several, and all answers from the same moment. Used once.
 */
public final class CombinedQuery {

    private final List<Answer<?>> answers = new ArrayList<>();

    /** Reads one answer. */
    public interface Reader<T> {
        /**
         * Called with the result on its first row.
         *
         * @param before number of columns before the answer's own
         */
        T read(ResultSet rows, int before) throws SQLException;
    }

    /**
     * One of the queries.
     *
     * @param select a SELECT
     * @param columns number of its columns
     * @param manyRows whether it may return more than one row; allowed for one query of a statement
     */
    public record Question<T>(String select, int columns, boolean manyRows, Reader<T> reader) {
        public Question(String select, int columns, Reader<T> reader) {
            this(select, columns, false, reader);
        }
    }

    /** The answer of the database, available after {@link CombinedQuery#send}. */
    public static final class Answer<T> {
        private final Question<T> question;
        private T value;

        private Answer(Question<T> question) {
            this.question = question;
        }

        private void read(ResultSet rows, int before) throws SQLException {
            value = question.reader().read(rows, before);
        }

        /** The answer. */
        public T get() {
            return value;
        }
    }

    /** Adds a query. */
    public <T> Answer<T> ask(Question<T> question) {
        Answer<T> answer = new Answer<>(question);
        // a reader of many rows moves past the first row, so it comes last
        answers.add(question.manyRows() ? answers.size() : 0, answer);
        return answer;
    }

    /** Sends the statement; does nothing without queries. */
    public void send(SourceSession session) throws SQLException {
        if (answers.isEmpty()) {
            return;
        }
        List<String> with = new ArrayList<>();
        List<String> columns = new ArrayList<>();
        List<String> from = new ArrayList<>();
        for (int i = 0; i < answers.size(); i++) {
            // materialized, so that each runs once whatever the join order
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

    private Void read(ResultSet rows) throws SQLException {
        rows.next();
        int before = 0;
        for (Answer<?> answer : answers) {
            answer.read(rows, before);
            before += answer.question.columns();
        }
        return null;
    }
}
