package com.evolvishub.cdc.planner.destination;

import java.util.List;

/** The options that all event buses have. */
final class BusOptions {

    static final OptionKey MESSAGE_FORMAT =
            OptionKey.oneOf(
                    "message_format",
                    List.of("json", "debezium"),
                    "A JSON object of the columns (json, the default) or Debezium's envelope.");

    static final OptionKey KEY_FIELD =
            OptionKey.of(
                    "key_field",
                    OptionKey.Kind.TEXT,
                    "Column that makes the message key; if not given, the mapping's key.");

    private BusOptions() {}
}
