package com.evolvishub.cdc.connectors.postgres;

import java.util.List;

/** Where the rows and keys of a batch stand before a statement brings them into the table. */
interface Staging {

    /** Temporary tables, filled by COPY. */
    Staging IN_TEMPORARY_TABLES =
            new Staging() {
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
