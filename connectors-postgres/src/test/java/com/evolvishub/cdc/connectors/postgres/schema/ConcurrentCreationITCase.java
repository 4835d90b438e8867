package com.evolvishub.cdc.connectors.postgres.schema;

import static com.evolvishub.cdc.sink.contract.TestPipeline.row;
import static org.assertj.core.api.Assertions.assertThat;

import com.evolvishub.cdc.connectors.postgres.PostgresTestTable;
import com.evolvishub.cdc.connectors.postgres.writer.PostgresDestinationClient;
import com.evolvishub.cdc.runtime.row.Column;
import com.evolvishub.cdc.runtime.row.RowSchema;
import com.evolvishub.cdc.runtime.row.SqlType;
import com.evolvishub.cdc.runtime.row.TypeDefinition;
import com.evolvishub.cdc.sink.progress.WriterIdentity;
import com.evolvishub.cdc.testing.postgres.Database;
import com.evolvishub.cdc.testing.postgres.FreshDatabase;
import com.evolvishub.cdc.testing.postgres.PostgresServer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Many pipelines open concurrently in an empty database. */
@Timeout(300)
class ConcurrentCreationITCase {

    @RegisterExtension static final PostgresServer POSTGRES = PostgresServer.shared();

    private static final int PIPELINES = 24;

    private Database database;

    @BeforeEach
    void fresh(@FreshDatabase Database fresh) {
        database = fresh;
    }

    private static Column mood(int number) {
        String name = "public.mood_" + number;
        return new Column(
                "mood" + number,
                "mood" + number,
                new SqlType(
                        100_000 + number,
                        name,
                        'e',
                        'E',
                        name,
                        List.of(
                                new TypeDefinition(
                                        name, "CREATE TYPE " + name + " AS ENUM ('fine')"))),
                true);
    }

    /** Every second table uses the types in reverse order. */
    private static RowSchema schema(int pipeline) {
        List<Column> moods =
                new ArrayList<>(
                        IntStream.range(0, 6).mapToObj(ConcurrentCreationITCase::mood).toList());
        if (pipeline % 2 == 1) {
            Collections.reverse(moods);
        }
        List<Column> columns = new ArrayList<>(moods);
        columns.add(0, new Column("id", "id", new SqlType(20, "bigint", 'b', 'N'), false));
        return new RowSchema(columns, List.of(0));
    }

    private Void deliver(int pipeline, String table, CyclicBarrier start) throws Exception {
        PostgresTestTable destination = new PostgresTestTable(database, "", table);
        RowSchema schema = schema(pipeline);
        try (PostgresDestinationClient client = destination.client()) {
            start.await();
            String name = "file/" + pipeline;
            client.open(
                    new WriterIdentity(name, "run", "writer " + pipeline, "host", name, false, 0));
            client.prepare(schema);
            String id = Integer.toString(pipeline);
            client.write(
                    List.of(
                            row(schema, id, "fine", "fine", "fine", "fine", "fine", "fine")
                                    .withSequence(1)));
        }
        return null;
    }

    private void deliverConcurrently(List<String> tables) throws Exception {
        CyclicBarrier start = new CyclicBarrier(tables.size());
        ExecutorService threads = Executors.newFixedThreadPool(tables.size());
        try {
            List<Callable<Void>> pipelines = new ArrayList<>();
            for (int i = 0; i < tables.size(); i++) {
                int pipeline = i;
                pipelines.add(() -> deliver(pipeline, tables.get(pipeline), start));
            }
            for (Future<Void> done : threads.invokeAll(pipelines)) {
                done.get();
            }
        } finally {
            threads.shutdown();
        }
    }

    private static List<String> names(String pattern) {
        return IntStream.range(0, PIPELINES).mapToObj(pattern::formatted).toList();
    }

    @Test
    void createsEverythingOnceWithoutRetries() throws Exception {
        deliverConcurrently(names("table_%d"));
        assertThat(database.queryOne("SELECT count(*)::text FROM evolvishub_cdc.lane"))
                .isEqualTo(Integer.toString(PIPELINES));
        assertThat(database.queryOne("SELECT count(*)::text FROM pg_type WHERE typtype = 'e'"))
                .isEqualTo("6");
    }

    @Test
    void createsASharedTableOnce() throws Exception {
        deliverConcurrently(Collections.nCopies(PIPELINES, "shared"));
        assertThat(database.queryOne("SELECT count(*)::text FROM shared"))
                .isEqualTo(Integer.toString(PIPELINES));
    }
}
