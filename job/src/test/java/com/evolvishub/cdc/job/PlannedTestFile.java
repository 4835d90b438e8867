package com.evolvishub.cdc.job;

import com.evolvishub.cdc.job.api.PlannedFile;
import com.evolvishub.cdc.planner.RunOverrides;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Writes and plans files for tests. */
public final class PlannedTestFile {

    private PlannedTestFile() {}

    /** The plan of a file named shop with these top-level lines and mappings. */
    public static PlannedFile shop(Path directory, String head, List<String> mappings) {
        return of(directory, "name: shop\n" + head + "mappings:\n" + String.join("", mappings));
    }

    /** The plan of a file with this text. */
    public static PlannedFile of(Path directory, String text) {
        try {
            return PlannedFile.load(
                    Files.writeString(directory.resolve("shop.yaml"), text), RunOverrides.NONE);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** A mapping of a table to its copy, with more lines. */
    public static String mapping(String table, String... more) {
        StringBuilder text = new StringBuilder("  - name: " + table + "\n");
        text.append("    source: {type: postgresql, host: here, database: a, table: %s}\n");
        text.append("    destination: {type: postgresql, host: there, database: b, table: %s}\n");
        for (String line : more) {
            text.append("    ").append(line).append('\n');
        }
        return text.toString().replace("%s", table);
    }
}
