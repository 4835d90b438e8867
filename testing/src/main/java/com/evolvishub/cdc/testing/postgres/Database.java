package com.evolvishub.cdc.testing.postgres;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/**
 * One database of a running server, with the calls that tests need. Each call opens and closes its
 * own connection; error messages contain the statement.
 *
 * @param jdbcUrl without user and password
 */
public record Database(
        String name, String jdbcUrl, String host, int port, String user, String password) {

    /** A new connection; the caller closes it. */
    public Connection connect() throws SQLException {
        return DriverManager.getConnection(jdbcUrl, user, password);
    }

    /** The connection URL for psql, with the password. */
    public String psqlUrl() {
        return "postgresql://" + user + ":" + password + "@" + host + ":" + port + "/" + name;
    }

    /** Runs the statements in order on one connection, each in its own transaction. */
    public void execute(String... statements) {
        String current = "connect";
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                current = sql;
                statement.execute(sql);
            }
        } catch (SQLException e) {
            throw failed(current, e);
        }
    }

    /** Returns the first column of the only row as text; null if it is NULL. */
    public String queryOne(String sql) {
        List<List<String>> rows = queryAll(sql);
        if (rows.size() != 1) {
            throw new IllegalStateException(name + ": " + rows.size() + " rows, not one: " + sql);
        }
        return rows.get(0).get(0);
    }

    /** Returns all rows, each value as the text that the server sends, null for NULL. */
    public List<List<String>> queryAll(String sql) {
        try (Connection connection = connect();
                Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(sql)) {
            int columns = result.getMetaData().getColumnCount();
            List<List<String>> rows = new ArrayList<>();
            while (result.next()) {
                List<String> row = new ArrayList<>(columns);
                for (int column = 1; column <= columns; column++) {
                    row.add(result.getString(column));
                }
                rows.add(row);
            }
            return rows;
        } catch (SQLException e) {
            throw failed(sql, e);
        }
    }

    private IllegalStateException failed(String sql, SQLException cause) {
        return new IllegalStateException(name + ": " + cause.getMessage() + "\n  " + sql, cause);
    }

    @Override
    public String toString() {
        return name + " at " + host + ":" + port;
    }
}
