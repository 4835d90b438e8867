package com.evolvishub.cdc.quickstart;

import com.evolvishub.cdc.testing.postgres.Database;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Changes the source at about 200 rows per second: new customers with address and orders, orders
 * that change state, visits, corrections, deletes, and occasional bulk updates. Every step is one
 * small transaction. Runs in its own thread from {@link #start} to {@link #close}.
 */
public final class CustomerChangeGenerator implements AutoCloseable {
    private static final long TICK_MILLIS = 100;
    private static final int ROWS_PER_TICK = 20;

    /** Number of ticks between bulk updates: 15 s. */
    private static final int TICKS_PER_BULK_UPDATE = 150;

    private final Database source;
    private final Random random = new Random(42);
    private final AtomicLong rowsChanged = new AtomicLong();
    private final CountDownLatch stopped = new CountDownLatch(1);
    private final Thread thread = new Thread(this::run, "change-maker");
    private volatile SQLException failure;
    private long highestCustomer;

    private CustomerChangeGenerator(Database source) {
        this.source = source;
        thread.setDaemon(true);
    }

    /** Starts changing the source of {@link CustomerViews}. */
    public static CustomerChangeGenerator start(Database source) {
        CustomerChangeGenerator generator = new CustomerChangeGenerator(source);
        generator.thread.start();
        return generator;
    }

    /** Rows inserted, updated and deleted so far, without those of cascades. */
    public long rowsChanged() {
        return rowsChanged.get();
    }

    /** The error that has ended the changes; empty: none. */
    public Optional<SQLException> failure() {
        return Optional.ofNullable(failure);
    }

    /** Stops the changes and waits until the last one is committed. */
    @Override
    public void close() {
        stopped.countDown();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        try (Connection connection = source.connect()) {
            connection.setAutoCommit(false);
            highestCustomer = highestCustomer(connection);
            for (long tick = 1; !stopped.await(TICK_MILLIS, TimeUnit.MILLISECONDS); tick++) {
                int rows = 0;
                while (rows < ROWS_PER_TICK && stopped.getCount() > 0) {
                    rows += step(connection);
                }
                if (tick % TICKS_PER_BULK_UPDATE == 0) {
                    rows += bulkUpdate(connection);
                }
                rowsChanged.addAndGet(rows);
            }
        } catch (SQLException e) {
            failure = e;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static long highestCustomer(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet result =
                        statement.executeQuery("SELECT max(customer_id) FROM customers")) {
            result.next();
            long highest = result.getLong(1);
            connection.commit();
            return highest;
        }
    }

    private int step(Connection connection) throws SQLException {
        int kind = random.nextInt(100);
        int rows =
                kind < 10
                        ? addCustomer(connection)
                        : kind < 35
                                ? addOrder(connection)
                                : kind < 60 ? addVisit(connection) : correct(connection, kind);
        connection.commit();
        return rows;
    }

    private int correct(Connection connection, int kind) throws SQLException {
        if (kind < 75) {
            return update(
                    connection,
                    "UPDATE orders SET status = CASE status WHEN 'paid' THEN 'shipped' ELSE 'returned'"
                            + " END, last_updated = now() WHERE customer_id = ?");
        }
        if (kind < 85) {
            return update(
                    connection,
                    "UPDATE customers SET email = 'moved.' || email, last_updated = now() WHERE"
                            + " customer_id = ? AND length(email) < 100");
        }
        if (kind < 93) {
            return update(
                    connection,
                    "UPDATE addresses SET street = customer_id % 97 || ' Harbour Road', last_updated ="
                            + " now() WHERE customer_id = ?");
        }
        if (kind < 96) {
            return update(connection, "DELETE FROM orders WHERE customer_id = ?");
        }
        if (kind < 98) {
            return update(connection, "DELETE FROM visits WHERE customer_id = ?");
        }
        return update(connection, "DELETE FROM customers WHERE customer_id = ?");
    }

    private int addCustomer(Connection connection) throws SQLException {
        long id = ++highestCustomer;
        int rows =
                update(
                        connection,
                        id,
                        "INSERT INTO customers (customer_id, first_name, last_name, email, segment,"
                                + " registration_date) VALUES (?, 'New', 'Customer',"
                                + " 'new@example.com', 'new', date '2026-11-01')");
        rows +=
                update(
                        connection,
                        id,
                        "INSERT INTO addresses VALUES (?, '1 New Street', 'Wien', 'East', 'AT',"
                                + " '1010', 48.208354, 16.372504)");
        return rows + addOrder(connection, id);
    }

    private int addOrder(Connection connection) throws SQLException {
        return addOrder(connection, anyCustomer());
    }

    private int addOrder(Connection connection, long customer) throws SQLException {
        // by SELECT, so that a deleted customer gets no order
        return update(
                connection,
                customer,
                "INSERT INTO orders (customer_id, status, amount, ordered_at) SELECT customer_id, 'paid',"
                        + " 1 + customer_id % 500 + 0.99, now() FROM customers WHERE customer_id = ?");
    }

    private int addVisit(Connection connection) throws SQLException {
        return update(
                connection,
                "INSERT INTO visits (customer_id, channel, pages, seconds_on_site, visited_at) SELECT"
                        + " customer_id, 'app', 3, 60, now() FROM customers WHERE customer_id = ?");
    }

    private int bulkUpdate(Connection connection) throws SQLException {
        int rows =
                update(
                        connection,
                        "UPDATE customers SET segment = CASE segment WHEN 'vip' THEN 'regular' ELSE"
                                + " 'vip' END, last_updated = now() WHERE customer_id BETWEEN ? AND"
                                + " ? + 500");
        connection.commit();
        return rows;
    }

    private int update(Connection connection, String sql) throws SQLException {
        return update(connection, anyCustomer(), sql);
    }

    private static int update(Connection connection, long customer, String sql)
            throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            long parameters = sql.chars().filter(character -> character == '?').count();
            for (int parameter = 1; parameter <= parameters; parameter++) {
                statement.setLong(parameter, customer);
            }
            return statement.executeUpdate();
        }
    }

    private long anyCustomer() {
        return 1 + (long) (random.nextDouble() * highestCustomer);
    }
}
