package com.evolvishub.cdc.job;

import com.evolvishub.cdc.job.api.PlannedFile;
import com.evolvishub.cdc.planner.RunOverrides;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Plans of files that tests write. */
public final class PlannedTestFile {

    private PlannedTestFile() {}

    /** A file called shop, with these lines at its top level and these mappings. */
    public static PlannedFile shop(Path folder, String head, List<String> mappings) {
        return of(folder, "name: shop\n" + head + "mappings:\n" + String.join("", mappings));
    }

    /** The plan of a file with this text. */
    public static PlannedFile of(Path folder, String text) {
        try {
            return PlannedFile.load(
                    Files.writeString(folder.resolve("shop.yaml"), text), RunOverrides.NONE);
        } catch (IOException unwritable) {
            throw new UncheckedIOException(unwritable);
        }
    }

    /** A mapping of a table into its copy, with more lines of its own. */
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
