package com.evolvishub.cdc.source;

import com.evolvishub.cdc.testing.postgres.Database;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * Clients that write to one table in transactions of any length, one statement at a time: inserts,
 * updates of one row or many, deletes, savepoints, rollbacks, prepared transactions. Each version
 * of a row has a unique number. Connections are kept between rounds.
 */
final class RandomTableWriters implements AutoCloseable {

    private static final int KEYS = 25;
    private static final int CLIENTS = 4;

    private final Database database;
    private final String watermark;
    private final boolean deletes;
    private final List<Client> all = new ArrayList<>();
    private final List<String> prepared = new ArrayList<>();
    private final Connection committer;
    private final String begin;
    private List<Client> clients = List.of();
    private Random random = new Random(0);
    private int version;

    /** A connection and the state of its transaction. */
    private static final class Client {
        private final Connection connection;
        private boolean open;
        private Savepoint savepoint;

        private Client(Connection connection) {
            this.connection = connection;
        }
    }

    /**
     * @param begin first statement of clients in each transaction
     * @param watermark SQL of a new version's watermark
     */
    RandomTableWriters(Database database, String begin, String watermark, boolean deletes)
            throws SQLException {
        this.database = database;
        this.begin = begin;
        this.watermark = watermark;
        this.deletes = deletes;
        for (int i = 0; i < CLIENTS; i++) {
            Connection connection = database.connect();
            try (Statement statement = connection.createStatement()) {
                // a client that waits for another client's row fails: there is only one thread
                statement.execute("SET lock_timeout = '1ms'");
            }
            connection.setAutoCommit(false);
            all.add(new Client(connection));
        }
        committer = database.connect();
    }

    /** Begins a round, in which one to {@link #CLIENTS} clients take part. */
    void beginRound(Random random) {
        this.random = random;
        clients = all.subList(0, 1 + random.nextInt(CLIENTS));
    }

    void step() throws SQLException {
        if (!prepared.isEmpty() && random.nextInt(6) == 0) {
            finishPrepared();
            return;
        }
        Client client = clients.get(random.nextInt(clients.size()));
        try {
            if (client.open && random.nextInt(3) == 0) {
                end(client);
            } else {
                write(client);
            }
        } catch (SQLException conflict) {
            client.connection.rollback();
            client.open = false;
            client.savepoint = null;
        }
    }

    /** Writes and commits a row with the given watermark. */
    void write(String ownWatermark) throws SQLException {
        try (Statement statement = committer.createStatement()) {
            // a statement that waits for a client's row fails: there is only one thread
            statement.execute("SET lock_timeout = '1ms'");
            statement.execute(
                    ("INSERT INTO t VALUES (%d, nextval('versions'), %s)"
                                    + " ON CONFLICT (k) DO UPDATE SET v = nextval('versions'), at = excluded.at")
                            .formatted(random.nextInt(KEYS), ownWatermark));
        } catch (SQLException conflict) {
            // the row is locked: skip it
        }
    }

    private void write(Client client) throws SQLException {
        try (Statement statement = client.connection.createStatement()) {
            if (!client.open) {
                statement.execute(begin);
            }
            client.open = true;
            int choice = random.nextInt(20);
            if (choice < 2) {
                // reads now and may write later
                statement.execute("SELECT now()");
            } else if (choice < 4) {
                client.savepoint = client.connection.setSavepoint();
            } else if (choice < 6 && client.savepoint != null) {
                client.connection.rollback(client.savepoint);
            } else if (choice < 8) {
                statement.execute(
                        "UPDATE t SET v = nextval('versions'), at = %s WHERE k %% 7 = %d"
                                .formatted(watermark, random.nextInt(7)));
            } else if (choice < 10 && deletes) {
                statement.execute("DELETE FROM t WHERE k = " + random.nextInt(KEYS));
            } else {
                statement.execute(
                        ("INSERT INTO t VALUES (%d, nextval('versions'), %s)"
                                        + " ON CONFLICT (k) DO UPDATE SET v = nextval('versions'), at = excluded.at")
                                .formatted(random.nextInt(KEYS), watermark));
            }
        }
    }

    private void end(Client client) throws SQLException {
        int choice = random.nextInt(10);
        client.open = false;
        client.savepoint = null;
        if (choice < 2) {
            client.connection.rollback();
        } else if (choice < 4 && prepared.size() < 3) {
            String name = database.name() + "-" + version++;
            try (Statement statement = client.connection.createStatement()) {
                statement.execute("PREPARE TRANSACTION '" + name + "'");
            }
            // the driver still assumes an open transaction
            client.connection.rollback();
            prepared.add(name);
        } else {
            client.connection.commit();
        }
    }

    private void finishPrepared() throws SQLException {
        String name = prepared.remove(random.nextInt(prepared.size()));
        try (Statement statement = committer.createStatement()) {
            statement.execute(
                    (random.nextInt(4) == 0 ? "ROLLBACK" : "COMMIT") + " PREPARED '" + name + "'");
        }
    }

    /** Ends all transactions. */
    void finish() throws SQLException {
        for (Client client : clients) {
            if (client.open) {
                try {
                    end(client);
                } catch (SQLException conflict) {
                    client.connection.rollback();
                }
            }
        }
        while (!prepared.isEmpty()) {
            finishPrepared();
        }
    }

    /** The rows of the table, in no order. */
    List<String> rows() throws SQLException {
        List<String> rows = new ArrayList<>();
        try (Statement statement = committer.createStatement();
                ResultSet found =
                        statement.executeQuery("SELECT k, v FROM t WHERE at IS NOT NULL")) {
            while (found.next()) {
                rows.add(found.getInt(1) + "\t" + found.getInt(2));
            }
        }
        return rows;
    }

    @Override
    public void close() throws SQLException {
        for (Client client : all) {
            client.connection.close();
        }
        committer.close();
    }
}
