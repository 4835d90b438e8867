package com.evolvishub.cdc.planner.reader;

import static com.evolvishub.cdc.planner.reader.Key.Kind.BLOCK;
import static com.evolvishub.cdc.planner.reader.Key.Kind.BLOCKS;
import static com.evolvishub.cdc.planner.reader.Key.Kind.NAMED_BLOCKS;
import static com.evolvishub.cdc.planner.reader.Key.Kind.NAMES;
import static com.evolvishub.cdc.planner.reader.Key.Kind.RENAMES;
import static com.evolvishub.cdc.planner.reader.Key.Kind.SQL;

import com.evolvishub.cdc.planner.destination.DestinationTypes;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Every key a file may have. The reader, the JSON Schema and the tables of the user's pages are all
 * made from these lists, so that they cannot disagree.
 */
final class Vocabulary {

    static final String MAPPING = "mapping";
    static final String SYNC = "sync";
    static final String WATERMARK = "watermark";
    static final String CHECKPOINT = "checkpoint";
    static final String SOURCE = "source";
    static final String DESTINATION = "destination";
    static final String CONNECTION = "connection";

    private static final String STATE = "state lives in checkpoints";

    private final EndpointKeys endpoints;

    Vocabulary(DestinationTypes types) {
        this.endpoints = new EndpointKeys(types);
    }

    /** The keys of an endpoint, by its role and type. */
    EndpointKeys endpoints() {
        return endpoints;
    }

    /** A block whose keys do not depend on its type. */
    Section section(String name) {
        return switch (name) {
            case MAPPING -> mapping();
            case SYNC -> new Section(SYNC, syncKeys());
            case WATERMARK -> new Section(WATERMARK, watermarkKeys());
            case CHECKPOINT -> new Section(CHECKPOINT, checkpointKeys());
            default -> throw new IllegalArgumentException("no section is called " + name);
        };
    }

    /** A whole file with a list of mappings. */
    Section multi() {
        List<Key> keys = new ArrayList<>();
        keys.add(
                Key.text("name", "Name of the file's job. State and consumer names hang on it.")
                        .mandatory());
        keys.add(Key.text("description", "For people."));
        keys.add(
                Key.block(
                        "global_sync",
                        BLOCK,
                        SYNC,
                        "Sync settings of every mapping that does not override them, key by key."));
        keys.add(
                Key.block("mappings", BLOCKS, MAPPING, "At least one mapping; names are unique.")
                        .mandatory());
        keys.addAll(runKeys());
        Map<String, String> strangers = new LinkedHashMap<>(oldTables());
        for (Key key : mapping().keys()) {
            strangers.put(key.name(), "belongs into a mapping, not beside mappings");
        }
        strangers.put("sync", "belongs into a mapping; for all of them it is called global_sync");
        strangers.put("query", "belongs into a mapping's source, not beside mappings");
        strangers.put("select", "belongs into a mapping's source, not beside mappings");
        return new Section("file", keys, strangers);
    }

    /** A whole file of the old kind: the keys of its one mapping stand at the top. */
    Section single() {
        List<Key> keys = new ArrayList<>();
        keys.add(
                Key.text(
                        "name",
                        "Name of the job and of its one mapping; if not given, the file's name."));
        for (Key key : mapping().keys()) {
            if (!key.name().equals("name")) {
                keys.add(key);
            }
        }
        keys.add(Key.of("query", SQL, "The same as `custom_query`."));
        keys.add(Key.of("select", SQL, "The same as `custom_query`."));
        keys.addAll(runKeys());
        return new Section("file", keys, oldTables());
    }

    private static Map<String, String> oldTables() {
        String message = "is not supported; write one mapping for each table";
        return Map.of(
                "tables", message,
                "exclude_tables", message,
                "include_schemas", message,
                "exclude_schemas", message);
    }

    private static List<Key> runKeys() {
        return List.of(
                Key.flag(
                        "parallel_execution",
                        true,
                        "false: one worker; mappings take turns in the file's order."),
                Key.count("max_workers", Range.atLeast(1), "Mappings that may read at one time.")
                        .initially("5"),
                Key.flag("stop_on_error", false, "The first mapping that is stopped ends the job."),
                Key.oneOf(
                                "log_level",
                                List.of("DEBUG", "INFO", "WARNING", "ERROR"),
                                "What is logged.")
                        .initially("INFO"),
                Key.block("checkpoint", BLOCK, CHECKPOINT, "How often state is made safe, where."),
                Key.flag(
                        "shared_checkpoints",
                        false,
                        "Allows `delivery: transactional` beside other mappings."),
                Key.block(
                        "connections",
                        NAMED_BLOCKS,
                        CONNECTION,
                        "Servers by name; an endpoint may say `connection: NAME`."),
                Key.text("$schema", "Address of the JSON Schema, for editors."),
                Key.accepted(
                        "enable_monitoring",
                        "metrics are always on; see the Flink Web UI and the status command"),
                Key.accepted(
                        "global_plugins",
                        "use column_mapping, exclude_columns and custom_query in its place"),
                Key.accepted(
                        "plugins",
                        "use column_mapping, exclude_columns and custom_query in its place"));
    }

    private static Section mapping() {
        return new Section(MAPPING, mappingKeys(), Map.of("tables", oldTables().get("tables")));
    }

    private static List<Key> mappingKeys() {
        return List.of(
                Key.text("name", "Name of the mapping; unique in the file.").mandatory(),
                Key.text("description", "For people."),
                Key.flag("enabled", true, "false: the mapping keeps its state and does not run."),
                Key.block("source", BLOCK, SOURCE, "Where rows come from.").mandatory(),
                Key.block("destination", BLOCK, DESTINATION, "Where rows go."),
                Key.block(
                        "destinations",
                        BLOCKS,
                        DESTINATION,
                        "In place of `destination`: several, each with its own position."),
                Key.text("source_table", "In place of `source.table`."),
                Key.text("destination_table", "In place of `destination.table`."),
                Key.block(
                        "watermark",
                        BLOCK,
                        WATERMARK,
                        "The column that tells new rows; may also stand inside `source`."),
                Key.of(
                        "custom_query",
                        SQL,
                        "What to read in place of the table. `%(last_sync)s`, `:last_sync` and"
                                + " `:batch_size` are filled in. At its outermost level only"
                                + " `capture: diff` takes another `LIMIT`."),
                Key.of("column_mapping", RENAMES, "Source column: its name at the destination."),
                Key.of("exclude_columns", NAMES, "Columns that do not leave the source."),
                Key.block("sync", BLOCK, SYNC, "Overrides `global_sync`, key by key."),
                Key.of(
                        "key",
                        NAMES,
                        "Source columns that tell rows apart; if not given, the primary key of the"
                                + " source or of the destination."),
                Key.oneOf(
                        "capture",
                        List.of("watermark", "query", "diff"),
                        "How changes are found; chosen by the planner if not given."),
                Key.oneOf(
                                "delivery",
                                List.of("exactly_once", "at_least_once", "transactional"),
                                "The guarantee.")
                        .initially("exactly_once"),
                Key.number(
                                "lookback_seconds",
                                Range.atLeast(0),
                                "Look-back of a query that has no watermark block.")
                        .initially("10"),
                Key.text(
                        "delete_when",
                        "Column that marks a row as deleted: true, or not NULL; or `column = value`."),
                Key.oneOf(
                                "on_bad_row",
                                List.of("quarantine", "dead_letter"),
                                "What becomes of a row that the destination cannot take.")
                        .initially("quarantine"),
                Key.number(
                                "refusal_wait",
                                Range.atLeast(0),
                                "Seconds that rows which a constraint of the destination refuses wait"
                                        + " for later rows that cure it, once for each constraint.")
                        .initially("300"),
                Key.oneOf(
                                "schema_change",
                                List.of("evolve", "ignore", "fail"),
                                "What happens when the source's columns change.")
                        .initially("evolve"),
                Key.number(
                                "max_delete_ratio",
                                Range.between(0, 1),
                                "Part of more than 100 known rows that one read of a `diff` may"
                                        + " find missing; where more are missing, the mapping"
                                        + " stops until `--accept-deletes`.")
                        .initially("0.5"),
                Key.number(
                                "resend_seconds",
                                Range.between(0, 3600),
                                "How long delivered rows are kept, to be sent again to a destination"
                                        + " that has lost them.")
                        .initially("60"),
                Key.oneOf(
                                "on_replaced_table",
                                List.of("stop", "go_on"),
                                "What happens when the destination table is another one than the rows"
                                        + " were delivered to.")
                        .initially("stop"),
                Key.count(
                        "max_row_bytes",
                        Range.atLeast(1024),
                        "A larger row is a bad row; without it a sixteenth of the heap."),
                Key.text("renamed_from", "Earlier name of this mapping; its state is kept."));
    }

    private static List<Key> syncKeys() {
        return List.of(
                Key.oneOf(
                                "mode",
                                List.of("one_time", "continuous", "cron"),
                                "Level once, poll in intervals, or poll at the times of a cron"
                                        + " expression.")
                        .initially("continuous"),
                Key.number("interval_seconds", Range.above(0), "Time between two polls.")
                        .initially("60"),
                Key.count("batch_size", Range.atLeast(1), "Rows in a page.").initially("1000"),
                Key.text(
                        "cron_expression",
                        "Five fields: minute, hour, day, month, weekday; for `mode: cron`."),
                Key.text("timezone", "Zone of the cron expression.").initially("UTC"),
                Key.count(
                                "error_retry_attempts",
                                Range.atLeast(0),
                                "Failures in a row after which a mapping counts as stopped.")
                        .initially("3"),
                Key.number(
                                "error_retry_delay",
                                Range.above(0),
                                "Seconds before the first retry; pauses grow up to five minutes.")
                        .initially("5"),
                Key.accepted("watermark_table", STATE),
                Key.accepted("watermark_storage", STATE),
                Key.accepted("compression", "see compression_type of the destination"),
                Key.accepted("encryption", "see ssl_mode of source and destination"));
    }

    private static List<Key> watermarkKeys() {
        return List.of(
                Key.text("column", "Source column whose values rise as rows change.").mandatory(),
                Key.oneOf(
                                "type",
                                List.of("timestamp", "integer", "string"),
                                "The family of its values.")
                        .initially("timestamp"),
                Key.text(
                        "initial_value",
                        "Where the first poll starts; if not given, at the start."),
                Key.text(
                        "timezone",
                        "Zone a timestamp without zone is read in; if not given, the role's own."),
                Key.number(
                                "lookback_seconds",
                                Range.atLeast(0),
                                "How far behind the highest timestamp each poll looks again.")
                        .initially("10"),
                Key.count(
                                "lookback_values",
                                Range.atLeast(0),
                                "How far behind the highest integer each poll looks again.")
                        .initially("1000"),
                Key.number(
                        "settle_seconds",
                        Range.above(0),
                        "How late rows may become visible where commits are made elsewhere: at"
                                + " least that far each poll looks again. If not given, an hour"
                                + " over foreign tables and tables of a subscription."),
                Key.number(
                        "max_pin_seconds",
                        Range.above(0),
                        "How long an open transaction may hold the re-read floor; if not given, as"
                                + " long as it is open."),
                Key.oneOf(
                                "null_watermark",
                                List.of("ignore", "include_once", "fail"),
                                "What becomes of rows without a watermark.")
                        .initially("ignore"),
                Key.oneOf(
                        "collation",
                        List.of("C"),
                        "C compares a text byte by byte; if not given, by the column's own"
                                + " collation."),
                Key.accepted("increment_value", "it never had an effect"));
    }

    private static List<Key> checkpointKeys() {
        return List.of(
                Key.number("interval_seconds", Range.above(0), "Time between two checkpoints.")
                        .initially("1"),
                Key.text(
                        "storage",
                        "URI of the checkpoints; if not given, the state directory or the cluster's"
                                + " own setting."),
                Key.number("timeout_seconds", Range.above(0), "How long a checkpoint may take.")
                        .initially("600"));
    }
}
