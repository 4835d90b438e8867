package com.evolvishub.cdc.bench;

import com.evolvishub.cdc.testing.postgres.Database;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * The baseline of a load: COPY from the source, piped to COPY into the destination.
 *
 * @param description the program that pipes
 * @param psql whether psql is used
 */
record CopyBaseline(String description, boolean psql) {

    /** Uses psql, or {@link CopyPipe} in its own JVM if there is no psql. */
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
            // psql is not installed
            return jvmPipe();
        }
        return jvmPipe();
    }

    private static CopyBaseline jvmPipe() {
        return new CopyBaseline("COPY piped by pgjdbc in its own JVM (no psql on the PATH)", false);
    }

    /** Loads the table and returns the seconds it took, including the start of the programs. */
    double load(Database source, Database destination, String table) throws IOException {
        String out = "COPY (SELECT * FROM " + BenchTable.SOURCE + ") TO STDOUT";
        String in = "COPY " + table + " FROM STDIN";
        long startNanos = System.nanoTime();
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
        return ProcessTimer.since(startNanos);
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
