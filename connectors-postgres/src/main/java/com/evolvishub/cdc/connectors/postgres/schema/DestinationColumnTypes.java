package com.evolvishub.cdc.connectors.postgres.schema;

import com.evolvishub.cdc.runtime.row.SqlType;
import java.util.Set;

/** Chooses the types of the columns that the destination table is created with. */
public final class DestinationColumnTypes {

    /**
     * Values name objects of the source's database or cluster, which may be missing or different
     * here.
     */
    private static final Set<String> OBJECT_NAME_TYPES =
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

    /** The server prints these types but cannot read them. */
    private static final Set<String> TYPES_WITHOUT_INPUT =
            Set.of(
                    "pg_node_tree",
                    "pg_ndistinct",
                    "pg_dependencies",
                    "pg_mcv_list",
                    "pg_brin_bloom_summary",
                    "pg_brin_minmax_multi_summary",
                    "pg_ddl_command");

    /** Types of which equal values always have the same text. */
    private static final Set<String> SAME_TEXT_WHEN_EQUAL =
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

    /** Returns the source's own type, or text if that type cannot be filled here. */
    static String created(SqlType type) {
        String base = ParsedTypeName.of(type.base()).base();
        boolean unfillable =
                type.kind() == 'p'
                        || OBJECT_NAME_TYPES.contains(base)
                        || TYPES_WITHOUT_INPUT.contains(base);
        return unfillable ? "text" : type.name();
    }

    /** Whether an index may treat two different values of a type as equal, such as 1.0 and 1.00. */
    public static boolean equalMayDiffer(String type) {
        ParsedTypeName name = ParsedTypeName.of(type);
        return name.array() || !SAME_TEXT_WHEN_EQUAL.contains(name.base());
    }
}
