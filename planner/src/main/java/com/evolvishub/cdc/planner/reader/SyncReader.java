package com.evolvishub.cdc.planner.reader;

import com.cronutils.model.CronType;
import com.cronutils.model.definition.CronDefinition;
import com.cronutils.model.definition.CronDefinitionBuilder;
import com.cronutils.parser.CronParser;
import com.evolvishub.cdc.planner.spec.SyncSpec;
import java.time.DateTimeException;
import java.time.ZoneId;
import java.util.Optional;

/** Makes a sync block of a mapping's own and the global one, key by key. */
final class SyncReader {

    private static final CronDefinition FIVE_FIELDS =
            CronDefinitionBuilder.instanceDefinitionFor(CronType.UNIX);

    private final Section section;
    private final Problems problems;

    SyncReader(Section section, Problems problems) {
        this.section = section;
        this.problems = problems;
    }

    SyncSpec read(Optional<Values> own, Optional<Values> global) {
        Values nothing = Values.empty("", section);
        Values values = own.orElse(nothing).over(global.orElse(nothing));
        SyncSpec.Mode mode = MappingReader.constant(SyncSpec.Mode.class, values.text("mode"));
        Optional<Value> cron = values.find("cron_expression");
        boolean byCron = mode == SyncSpec.Mode.CRON;
        if (byCron && !values.gives("cron_expression")) {
            problems.add(values.path("mode"), "cron needs a cron_expression");
        }
        if (!byCron && own.flatMap(block -> block.find("cron_expression")).isPresent()) {
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
                byCron ? cron.map(Value::text).orElse("") : "",
                values.text("timezone"),
                values.get("error_retry_attempts").count(),
                values.get("error_retry_delay").seconds());
    }

    void checkZone(Value zone) {
        try {
            ZoneId.of(zone.text());
        } catch (DateTimeException e) {
            String hint =
                    zone.text().equals(zone.shown())
                            ? Nearest.hint(zone.text(), ZoneId.getAvailableZoneIds())
                            : "";
            problems.add(
                    zone.path(),
                    "unknown time zone \"%s\"; expected a name like Europe/Berlin or UTC%s"
                            .formatted(zone.shown(), hint));
        }
    }

    private void checkCron(Value cron) {
        try {
            new CronParser(FIVE_FIELDS).parse(cron.text()).validate();
        } catch (IllegalArgumentException e) {
            problems.add(
                    cron.path(),
                    "\"%s\" is no cron expression; expected five fields: minute, hour, day, month, weekday"
                            .formatted(cron.shown()));
        }
    }
}
