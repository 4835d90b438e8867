package com.evolvishub.cdc.bench;

import com.evolvishub.cdc.testing.postgres.Database;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * What a load is held against: COPY out of the source, piped into COPY into the destination.
 *
 * @param description which program pipes
 */
record CopyBaseline(String description, boolean psql) {

    /** psql, or a JVM of its own where there is none. */
    static CopyBaseline ofThisMachine() throws IOException {
        try {
            Process version =
                    new ProcessBuilder("psql", "--version")
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start();
            if (ProcessTimer.ended(version) == 0) {
                return new CopyBaseline("psql COPY TO STDOUT | psql COPY FROM STDIN", true);
            }
        } catch (IOException e) {
            // no such program: the other one serves
            return ownPipe();
        }
        return ownPipe();
    }

    private static CopyBaseline ownPipe() {
        return new CopyBaseline("COPY piped by pgjdbc in its own JVM (no psql on the PATH)", false);
    }

    /** Loads the table and returns the seconds it took, the programs' own start included. */
    double load(Database source, Database destination, String table) throws IOException {
        String out = "COPY (SELECT * FROM " + BenchTable.SOURCE + ") TO STDOUT";
        String in = "COPY " + table + " FROM STDIN";
        long started = System.nanoTime();
        if (psql) {
            ProcessBuilder reader = psql(source, out);
            ProcessBuilder writer = psql(destination, in);
            writer.redirectOutput(ProcessBuilder.Redirect.DISCARD);
            for (Process process : ProcessBuilder.startPipeline(List.of(reader, writer))) {
                requireSuccess(process);
            }
        } else {
            ProcessBuilder pipe =
                    new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                            "-cp",
                            System.getProperty("java.class.path"),
                            CopyPipe.class.getName(),
                            source.jdbcUrl(),
                            out,
                            destination.jdbcUrl(),
                            in);
            pipe.environment().put("PGUSER", source.user());
            pipe.environment().put("PGPASSWORD", source.password());
            requireSuccess(pipe.inheritIO().start());
        }
        return ProcessTimer.since(started);
    }

    private static ProcessBuilder psql(Database database, String command) {
        ProcessBuilder builder =
                new ProcessBuilder(
                                "psql",
                                "--no-psqlrc",
                                "--host=" + database.host(),
                                "--port=" + database.port(),
                                "--username=" + database.user(),
                                "--dbname=" + database.name(),
                                "--command=" + command)
                        .redirectError(ProcessBuilder.Redirect.INHERIT);
        builder.environment().put("PGPASSWORD", database.password());
        return builder;
    }

    private static void requireSuccess(Process process) {
        int code = ProcessTimer.ended(process);
        if (code != 0) {
            throw new IllegalStateException("the yardstick ended with exit code " + code);
        }
    }
}
