package com.evolvishub.cdc.connectors.postgres.writer;

import java.util.List;

/** Where the rows and keys of a batch are held before a statement merges them into the table. */
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

    /** Returns the FROM item for rows of these columns. */
    String rows(List<String> columns);

    /** Returns the FROM item for keys of these columns. */
    String keys(List<String> key);
}
