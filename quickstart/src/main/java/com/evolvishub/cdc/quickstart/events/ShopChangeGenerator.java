package com.evolvishub.cdc.quickstart.events;

import com.evolvishub.cdc.testing.postgres.Database;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Changes a {@link ShopDatabase} at some hundred rows per second: inserts, updates and deletes in
 * all three tables, one transaction per statement. Runs in its own thread from {@link #start} to
 * {@link #close}.
 */
public final class ShopChangeGenerator implements AutoCloseable {
    private static final long PAUSE_MILLIS = 20;

    private static final List<String> STEPS =
            List.of(
                    "INSERT INTO orders (customer_id, total, note) SELECT customer_id, 9.90 + customer_id %"
                            + " 50, 'new' FROM customers WHERE customer_id IN "
                            + randomKeys("customers", "customer_id", 5),
                    "UPDATE orders SET status = CASE status WHEN 'paid' THEN 'shipped' ELSE 'returned' END"
                            + " WHERE order_id IN "
                            + randomKeys("orders", "order_id", 5),
                    "UPDATE customers SET email = 'moved.' || customer_id || '@example.com', newsletter ="
                            + " NOT newsletter, updated_at = clock_timestamp() WHERE customer_id IN "
                            + randomKeys("customers", "customer_id", 3),
                    "UPDATE products SET stock = stock + 7, price = price + 0.10, updated_at ="
                            + " clock_timestamp() WHERE product_id IN "
                            + randomKeys("products", "product_id", 3),
                    "DELETE FROM orders WHERE order_id IN " + randomKeys("orders", "order_id", 2),
                    "INSERT INTO customers (email, first_name, last_name, address, newsletter) SELECT"
                            + " 'new@example.com', 'New', 'Customer', '{\"street\": \"1 New Street\"}',"
                            + " false FROM generate_series(1, 2)",
                    "INSERT INTO products (name, price, tags, stock) VALUES ('New', 19.90, '{new}', 100)",
                    "DELETE FROM customers WHERE customer_id IN "
                            + randomKeys("customers", "customer_id", 1),
                    "DELETE FROM products WHERE product_id IN "
                            + randomKeys("products", "product_id", 1));

    private final Database source;
    private final AtomicLong rowsChanged = new AtomicLong();
    private final AtomicInteger rounds = new AtomicInteger();
    private final CountDownLatch stopped = new CountDownLatch(1);
    private final Thread thread = new Thread(this::run, "shop-changes");
    private volatile SQLException failure;

    private ShopChangeGenerator(Database source) {
        this.source = source;
        thread.setDaemon(true);
    }

    /** Starts changing the database of a {@link ShopDatabase}. */
    public static ShopChangeGenerator start(Database source) {
        ShopChangeGenerator changes = new ShopChangeGenerator(source);
        changes.thread.start();
        return changes;
    }

    private static String randomKeys(String table, String key, int rows) {
        return "(SELECT 1 + floor(random() * (SELECT max(%2$s) FROM %1$s))::bigint FROM generate_series(1, %3$d))"
                .formatted(table, key, rows);
    }

    /** Rows inserted, updated and deleted so far, without those of cascades. */
    long rowsChanged() {
        return rowsChanged.get();
    }

    /** How often every statement has run. */
    int rounds() {
        return rounds.get();
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
        try (Connection connection = source.connect();
                Statement statement = connection.createStatement()) {
            for (int step = 0; !stopped.await(PAUSE_MILLIS, TimeUnit.MILLISECONDS); step++) {
                rowsChanged.addAndGet(statement.executeUpdate(STEPS.get(step % STEPS.size())));
                rounds.set((step + 1) / STEPS.size());
            }
        } catch (SQLException e) {
            failure = e;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
