package com.evolvishub.cdc.connectors.postgres.schema;

import com.evolvishub.cdc.runtime.row.SqlType;
import java.util.Set;

/** Which type a column of ours gets at the destination. */
public final class DestinationColumnTypes {

    /** Names of objects of the source's database or cluster: here they may name another or none. */
    private static final Set<String> NAMES_OF_OBJECTS =
            Set.of(
                    "regclass",
                    "regproc",
                    "regprocedure",
                    "regoper",
                    "regoperator",
                    "regtype",
                    "regrole",
                    "regnamespace",
                    "regconfig",
                    "regdictionary",
                    "regcollation",
                    "aclitem");

    /** What the server shows but never reads. */
    private static final Set<String> NO_INPUT =
            Set.of(
                    "pg_node_tree",
                    "pg_ndistinct",
                    "pg_dependencies",
                    "pg_mcv_list",
                    "pg_brin_bloom_summary",
                    "pg_brin_minmax_multi_summary",
                    "pg_ddl_command");

    /** Types of which equal values always look the same. */
    private static final Set<String> ALIKE_WHEN_EQUAL =
            Set.of(
                    "smallint",
                    "integer",
                    "bigint",
                    "boolean",
                    "text",
                    "character varying",
                    "character",
                    "uuid",
                    "bytea",
                    "oid",
                    "name",
                    "date",
                    "timestamp without time zone",
                    "timestamp with time zone",
                    "time without time zone",
                    "inet",
                    "cidr",
                    "macaddr",
                    "macaddr8",
                    "pg_lsn");

    private DestinationColumnTypes() {}

    /** The source's own type, or text where that could not be filled. */
    static String created(SqlType type) {
        String base = ParsedTypeName.of(type.base()).base();
        boolean unfillable =
                type.kind() == 'p' || NAMES_OF_OBJECTS.contains(base) || NO_INPUT.contains(base);
        return unfillable ? "text" : type.name();
    }

    /**
     * Whether two values of a type may be equal to an index and yet not the same, as 1.0 and 1.00
     * are.
     */
    public static boolean equalMayDiffer(String type) {
        ParsedTypeName name = ParsedTypeName.of(type);
        return name.array() || !ALIKE_WHEN_EQUAL.contains(name.base());
    }
}
