package com.evolvishub.cdc.job.cli.option;

import com.evolvishub.cdc.job.RestoreOptions;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;

/** Options for state that does not match the plan or the destination. */
public final class RestoreCliOptions {

    @Option(
            names = "--fresh",
            description =
                    "Forget the state of earlier runs and begin anew. Rows that destinations without a"
                            + " key already hold are delivered again.")
    boolean fresh;

    @Option(
            names = "--reset",
            paramLabel = "MAPPING",
            description = "Forget this mapping's state and load it anew; may be repeated.")
    List<String> reset = new ArrayList<>();

    @Option(
            names = "--accept-change",
            paramLabel = "MAPPING",
            description =
                    "Go on from this mapping's state although its source, watermark, key, capture,"
                            + " destination or columns have changed; may be repeated.")
    List<String> acceptChange = new ArrayList<>();

    @Option(
            names = "--accept-duplicates",
            paramLabel = "MAPPING",
            description =
                    "Go on with this mapping although its destination holds rows that its state knows"
                            + " nothing of; rows may arrive a second time. Only for mappings with a"
                            + " watermark; may be repeated.")
    List<String> acceptDuplicates = new ArrayList<>();

    @Option(
            names = "--accept-loss",
            paramLabel = "MAPPING[:TABLE]",
            description =
                    "Go on with this mapping, or with one of its destinations, although rows that were"
                            + " delivered are no longer there; may be repeated.")
    List<String> acceptLoss = new ArrayList<>();

    @Option(
            names = "--delete-extra",
            paramLabel = "MAPPING",
            description =
                    "With --reset: delete the rows of this mapping's table that the load does not"
                            + " write, whoever has written them; may be repeated.")
    List<String> deleteExtra = new ArrayList<>();

    @Option(
            names = "--accept-deletes",
            paramLabel = "MAPPING",
            description =
                    "Let the deletes of this mapping's next read through, also more than"
                            + " max_delete_ratio allows and after a change of row-level security; may"
                            + " be repeated.")
    List<String> acceptDeletes = new ArrayList<>();

    public RestoreOptions choices() {
        return new RestoreOptions(
                fresh,
                reset,
                acceptChange,
                acceptDuplicates,
                acceptLoss,
                deleteExtra,
                acceptDeletes);
    }
}
