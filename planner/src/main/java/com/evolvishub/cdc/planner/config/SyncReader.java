package com.evolvishub.cdc.planner.config;

import com.cronutils.model.CronType;
import com.cronutils.model.definition.CronDefinition;
import com.cronutils.model.definition.CronDefinitionBuilder;
import com.cronutils.parser.CronParser;
import com.evolvishub.cdc.planner.config.schema.BlockSchema;
import com.evolvishub.cdc.planner.config.tree.ProblemCollector;
import com.evolvishub.cdc.planner.spec.SyncSpec;
import java.time.DateTimeException;
import java.time.ZoneId;
import java.util.Optional;

/** Merges a mapping's sync block with the global one, key by key. */
final class SyncReader {

    private static final CronDefinition FIVE_FIELDS =
            CronDefinitionBuilder.instanceDefinitionFor(CronType.UNIX);

    private final BlockSchema blockSchema;
    private final ProblemCollector problems;

    SyncReader(BlockSchema blockSchema, ProblemCollector problems) {
        this.blockSchema = blockSchema;
        this.problems = problems;
    }

    SyncSpec read(Optional<ConfigBlock> ofMapping, Optional<ConfigBlock> global) {
        ConfigBlock emptyBlock = ConfigBlock.empty("", blockSchema);
        ConfigBlock values = ofMapping.orElse(emptyBlock).withFallback(global.orElse(emptyBlock));
        SyncSpec.Mode mode = MappingReader.constant(SyncSpec.Mode.class, values.text("mode"));
        Optional<ConfigValue> cron = values.find("cron_expression");
        boolean byCron = mode == SyncSpec.Mode.CRON;
        if (byCron && !values.isGiven("cron_expression")) {
            problems.add(values.path("mode"), "cron needs a cron_expression");
        }
        if (!byCron && ofMapping.flatMap(block -> block.find("cron_expression")).isPresent()) {
            problems.warn(
                    values.path("cron_expression"),
                    "has no effect: the mode is %s, not cron".formatted(values.text("mode")));
        }
        cron.ifPresent(this::checkCron);
        values.find("timezone").ifPresent(this::checkZone);
        return new SyncSpec(
                mode,
                values.get("interval_seconds").seconds(),
                values.get("batch_size").count(),
                byCron ? cron.map(ConfigValue::text).orElse("") : "",
                values.text("timezone"),
                values.get("error_retry_attempts").count(),
                values.get("error_retry_delay").seconds());
    }

    void checkZone(ConfigValue zone) {
        try {
            ZoneId.of(zone.text());
        } catch (DateTimeException e) {
            String hint =
                    zone.text().equals(zone.displayText())
                            ? DidYouMean.hint(zone.text(), ZoneId.getAvailableZoneIds())
                            : "";
            problems.add(
                    zone.path(),
                    "unknown time zone \"%s\"; expected a name like Europe/Berlin or UTC%s"
                            .formatted(zone.displayText(), hint));
        }
    }

    private void checkCron(ConfigValue cron) {
        try {
            new CronParser(FIVE_FIELDS).parse(cron.text()).validate();
        } catch (IllegalArgumentException e) {
            problems.add(
                    cron.path(),
                    "\"%s\" is no cron expression; expected five fields: minute, hour, day, month, weekday"
                            .formatted(cron.displayText()));
        }
    }
}
