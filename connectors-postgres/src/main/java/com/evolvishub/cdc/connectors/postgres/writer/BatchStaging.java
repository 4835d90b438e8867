package com.evolvishub.cdc.connectors.postgres.writer;

import java.util.List;

/** Where the rows and keys of a batch stand before a statement brings them into the table. */
interface BatchStaging {

    /** Temporary tables, filled by COPY. */
    BatchStaging IN_TEMPORARY_TABLES =
            new BatchStaging() {
                @Override
                public String rows(List<String> columns) {
                    return "pg_temp.cdc_rows";
                }

                @Override
                public String keys(List<String> key) {
                    return "pg_temp.cdc_keys";
                }
            };

    /** What rows of these columns are selected from. */
    String rows(List<String> columns);

    /** What keys of these columns are selected from. */
    String keys(List<String> key);
}
