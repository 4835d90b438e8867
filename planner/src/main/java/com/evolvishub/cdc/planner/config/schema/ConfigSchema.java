package com.evolvishub.cdc.planner.config.schema;

import static com.evolvishub.cdc.planner.config.schema.ConfigOption.Kind.BLOCK;
import static com.evolvishub.cdc.planner.config.schema.ConfigOption.Kind.BLOCKS;
import static com.evolvishub.cdc.planner.config.schema.ConfigOption.Kind.NAMED_BLOCKS;
import static com.evolvishub.cdc.planner.config.schema.ConfigOption.Kind.NAMES;
import static com.evolvishub.cdc.planner.config.schema.ConfigOption.Kind.RENAMES;
import static com.evolvishub.cdc.planner.config.schema.ConfigOption.Kind.SQL;

import com.evolvishub.cdc.planner.spi.DestinationTypes;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Every key of a file. The reader, the JSON Schema and the tables of the user documentation are
 * derived from these lists, so that they cannot differ.
 */
public final class ConfigSchema {

    public static final String MAPPING = "mapping";
    public static final String SYNC = "sync";
    public static final String WATERMARK = "watermark";
    public static final String CHECKPOINT = "checkpoint";
    public static final String SOURCE = "source";
    public static final String DESTINATION = "destination";
    public static final String CONNECTION = "connection";

    private static final String STATE = "state lives in checkpoints";

    private final EndpointSchema endpoints;

    public ConfigSchema(DestinationTypes types) {
        this.endpoints = new EndpointSchema(types);
    }

    /** The keys of an endpoint, by its role and type. */
    public EndpointSchema endpoints() {
        return endpoints;
    }

    /** A block whose keys do not depend on its type. */
    public BlockSchema block(String name) {
        return switch (name) {
            case MAPPING -> mapping();
            case SYNC -> new BlockSchema(SYNC, syncKeys());
            case WATERMARK -> new BlockSchema(WATERMARK, watermarkKeys());
            case CHECKPOINT -> new BlockSchema(CHECKPOINT, checkpointKeys());
            default -> throw new IllegalArgumentException("no section is called " + name);
        };
    }

    /** A file with a list of mappings. */
    public BlockSchema multiMappingFile() {
        List<ConfigOption> keys = new ArrayList<>();
        keys.add(
                ConfigOption.text(
                                "name",
                                "Name of the file's job. State and consumer names hang on it.")
                        .asRequired());
        keys.add(ConfigOption.text("description", "For people."));
        keys.add(
                ConfigOption.block(
                        "global_sync",
                        BLOCK,
                        SYNC,
                        "Sync settings of every mapping that does not override them, key by key."));
        keys.add(
                ConfigOption.block(
                                "mappings",
                                BLOCKS,
                                MAPPING,
                                "At least one mapping; names are unique.")
                        .asRequired());
        keys.addAll(runKeys());
        Map<String, String> misplacedKeys = new LinkedHashMap<>(unsupportedTableKeys());
        for (ConfigOption key : mapping().keys()) {
            misplacedKeys.put(key.name(), "belongs into a mapping, not beside mappings");
        }
        misplacedKeys.put(
                "sync", "belongs into a mapping; for all of them it is called global_sync");
        misplacedKeys.put("query", "belongs into a mapping's source, not beside mappings");
        misplacedKeys.put("select", "belongs into a mapping's source, not beside mappings");
        return new BlockSchema("file", keys, misplacedKeys);
    }

    /** A file with a single mapping (older form): the keys of the mapping are at the top level. */
    public BlockSchema singleMappingFile() {
        List<ConfigOption> keys = new ArrayList<>();
        keys.add(
                ConfigOption.text(
                        "name",
                        "Name of the job and of its one mapping; if not given, the file's name."));
        for (ConfigOption key : mapping().keys()) {
            if (!key.name().equals("name")) {
                keys.add(key);
            }
        }
        keys.add(ConfigOption.of("query", SQL, "The same as `custom_query`."));
        keys.add(ConfigOption.of("select", SQL, "The same as `custom_query`."));
        keys.addAll(runKeys());
        return new BlockSchema("file", keys, unsupportedTableKeys());
    }

    private static Map<String, String> unsupportedTableKeys() {
        String message = "is not supported; write one mapping for each table";
        return Map.of(
                "tables", message,
                "exclude_tables", message,
                "include_schemas", message,
                "exclude_schemas", message);
    }

    private static List<ConfigOption> runKeys() {
        return List.of(
                ConfigOption.flag(
                        "parallel_execution",
                        true,
                        "false: one worker; mappings take turns in the file's order."),
                ConfigOption.count(
                                "max_workers",
                                NumberRange.atLeast(1),
                                "Mappings that may read at one time.")
                        .withDefault("5"),
                ConfigOption.flag(
                        "stop_on_error", false, "The first mapping that is stopped ends the job."),
                ConfigOption.oneOf(
                                "log_level",
                                List.of("DEBUG", "INFO", "WARNING", "ERROR"),
                                "What is logged.")
                        .withDefault("INFO"),
                ConfigOption.block(
                        "checkpoint", BLOCK, CHECKPOINT, "How often state is made safe, where."),
                ConfigOption.flag(
                        "shared_checkpoints",
                        false,
                        "Allows `delivery: transactional` beside other mappings."),
                ConfigOption.block(
                        "connections",
                        NAMED_BLOCKS,
                        CONNECTION,
                        "Servers by name; an endpoint may say `connection: NAME`."),
                ConfigOption.text("$schema", "Address of the JSON Schema, for editors."),
                ConfigOption.ignored(
                        "enable_monitoring",
                        "metrics are always on; see the Flink Web UI and the status command"),
                ConfigOption.ignored(
                        "global_plugins",
                        "use column_mapping, exclude_columns and custom_query in its place"),
                ConfigOption.ignored(
                        "plugins",
                        "use column_mapping, exclude_columns and custom_query in its place"));
    }

    private static BlockSchema mapping() {
        return new BlockSchema(
                MAPPING, mappingKeys(), Map.of("tables", unsupportedTableKeys().get("tables")));
    }

    private static List<ConfigOption> mappingKeys() {
        return List.of(
                ConfigOption.text("name", "Name of the mapping; unique in the file.").asRequired(),
                ConfigOption.text("description", "For people."),
                ConfigOption.flag(
                        "enabled", true, "false: the mapping keeps its state and does not run."),
                ConfigOption.block("source", BLOCK, SOURCE, "Where rows come from.").asRequired(),
                ConfigOption.block("destination", BLOCK, DESTINATION, "Where rows go."),
                ConfigOption.block(
                        "destinations",
                        BLOCKS,
                        DESTINATION,
                        "In place of `destination`: several, each with its own position."),
                ConfigOption.text("source_table", "In place of `source.table`."),
                ConfigOption.text("destination_table", "In place of `destination.table`."),
                ConfigOption.block(
                        "watermark",
                        BLOCK,
                        WATERMARK,
                        "The column that tells new rows; may also stand inside `source`."),
                ConfigOption.of(
                        "custom_query",
                        SQL,
                        "What to read in place of the table. `%(last_sync)s`, `:last_sync` and"
                                + " `:batch_size` are filled in. At its outermost level only"
                                + " `capture: diff` takes another `LIMIT`."),
                ConfigOption.of(
                        "column_mapping", RENAMES, "Source column: its name at the destination."),
                ConfigOption.of("exclude_columns", NAMES, "Columns that do not leave the source."),
                ConfigOption.block("sync", BLOCK, SYNC, "Overrides `global_sync`, key by key."),
                ConfigOption.of(
                        "key",
                        NAMES,
                        "Source columns that tell rows apart; if not given, the primary key of the"
                                + " source or of the destination."),
                ConfigOption.oneOf(
                        "capture",
                        List.of("watermark", "query", "diff"),
                        "How changes are found; chosen by the planner if not given."),
                ConfigOption.oneOf(
                                "delivery",
                                List.of("exactly_once", "at_least_once", "transactional"),
                                "The guarantee.")
                        .withDefault("exactly_once"),
                ConfigOption.number(
                                "lookback_seconds",
                                NumberRange.atLeast(0),
                                "Look-back of a query that has no watermark block.")
                        .withDefault("10"),
                ConfigOption.text(
                        "delete_when",
                        "Column that marks a row as deleted: true, or not NULL; or `column = value`."),
                ConfigOption.oneOf(
                                "on_bad_row",
                                List.of("quarantine", "dead_letter"),
                                "What becomes of a row that the destination cannot take.")
                        .withDefault("quarantine"),
                ConfigOption.number(
                                "refusal_wait",
                                NumberRange.atLeast(0),
                                "Seconds that rows which a constraint of the destination refuses wait"
                                        + " for later rows that cure it, once for each constraint.")
                        .withDefault("300"),
                ConfigOption.oneOf(
                                "schema_change",
                                List.of("evolve", "ignore", "fail"),
                                "What happens when the source's columns change.")
                        .withDefault("evolve"),
                ConfigOption.number(
                                "max_delete_ratio",
                                NumberRange.between(0, 1),
                                "Part of more than 100 known rows that one read of a `diff` may"
                                        + " find missing; where more are missing, the mapping"
                                        + " stops until `--accept-deletes`.")
                        .withDefault("0.5"),
                ConfigOption.number(
                                "resend_seconds",
                                NumberRange.between(0, 3600),
                                "How long delivered rows are kept, to be sent again to a destination"
                                        + " that has lost them.")
                        .withDefault("60"),
                ConfigOption.oneOf(
                                "on_replaced_table",
                                List.of("stop", "go_on"),
                                "What happens when the destination table is another one than the rows"
                                        + " were delivered to.")
                        .withDefault("stop"),
                ConfigOption.count(
                        "max_row_bytes",
                        NumberRange.atLeast(1024),
                        "A larger row is a bad row; without it a sixteenth of the heap."),
                ConfigOption.text(
                        "renamed_from", "Earlier name of this mapping; its state is kept."));
    }

    private static List<ConfigOption> syncKeys() {
        return List.of(
                ConfigOption.oneOf(
                                "mode",
                                List.of("one_time", "continuous", "cron"),
                                "Level once, poll in intervals, or poll at the times of a cron"
                                        + " expression.")
                        .withDefault("continuous"),
                ConfigOption.number(
                                "interval_seconds", NumberRange.above(0), "Time between two polls.")
                        .withDefault("60"),
                ConfigOption.count("batch_size", NumberRange.atLeast(1), "Rows in a page.")
                        .withDefault("1000"),
                ConfigOption.text(
                        "cron_expression",
                        "Five fields: minute, hour, day, month, weekday; for `mode: cron`."),
                ConfigOption.text("timezone", "Zone of the cron expression.").withDefault("UTC"),
                ConfigOption.count(
                                "error_retry_attempts",
                                NumberRange.atLeast(0),
                                "Failures in a row after which a mapping counts as stopped.")
                        .withDefault("3"),
                ConfigOption.number(
                                "error_retry_delay",
                                NumberRange.above(0),
                                "Seconds before the first retry; pauses grow up to five minutes.")
                        .withDefault("5"),
                ConfigOption.ignored("watermark_table", STATE),
                ConfigOption.ignored("watermark_storage", STATE),
                ConfigOption.ignored("compression", "see compression_type of the destination"),
                ConfigOption.ignored("encryption", "see ssl_mode of source and destination"));
    }

    private static List<ConfigOption> watermarkKeys() {
        return List.of(
                ConfigOption.text("column", "Source column whose values rise as rows change.")
                        .asRequired(),
                ConfigOption.oneOf(
                                "type",
                                List.of("timestamp", "integer", "string"),
                                "The family of its values.")
                        .withDefault("timestamp"),
                ConfigOption.text(
                        "initial_value",
                        "Where the first poll starts; if not given, at the start."),
                ConfigOption.text(
                        "timezone",
                        "Zone a timestamp without zone is read in; if not given, the role's own."),
                ConfigOption.number(
                                "lookback_seconds",
                                NumberRange.atLeast(0),
                                "How far behind the highest timestamp each poll looks again.")
                        .withDefault("10"),
                ConfigOption.count(
                                "lookback_values",
                                NumberRange.atLeast(0),
                                "How far behind the highest integer each poll looks again.")
                        .withDefault("1000"),
                ConfigOption.number(
                        "settle_seconds",
                        NumberRange.above(0),
                        "How late rows may become visible where commits are made elsewhere: at"
                                + " least that far each poll looks again. If not given, an hour"
                                + " over foreign tables and tables of a subscription."),
                ConfigOption.number(
                        "max_pin_seconds",
                        NumberRange.above(0),
                        "How long an open transaction may hold the re-read floor; if not given, as"
                                + " long as it is open."),
                ConfigOption.oneOf(
                                "null_watermark",
                                List.of("ignore", "include_once", "fail"),
                                "What becomes of rows without a watermark.")
                        .withDefault("ignore"),
                ConfigOption.oneOf(
                        "collation",
                        List.of("C"),
                        "C compares a text byte by byte; if not given, by the column's own"
                                + " collation."),
                ConfigOption.ignored("increment_value", "it never had an effect"));
    }

    private static List<ConfigOption> checkpointKeys() {
        return List.of(
                ConfigOption.number(
                                "interval_seconds",
                                NumberRange.above(0),
                                "Time between two checkpoints.")
                        .withDefault("1"),
                ConfigOption.text(
                        "storage",
                        "URI of the checkpoints; if not given, the state directory or the cluster's"
                                + " own setting."),
                ConfigOption.number(
                                "timeout_seconds",
                                NumberRange.above(0),
                                "How long a checkpoint may take.")
                        .withDefault("600"));
    }
}
