package com.evolvishub.cdc.planner.spi;

import java.util.List;

/** The options that all message brokers share. */
final class MessageBrokerOptions {

    static final DestinationOption MESSAGE_FORMAT =
            DestinationOption.oneOf(
                    "message_format",
                    List.of("json", "debezium"),
                    "A JSON object of the columns (json, the default) or Debezium's envelope.");

    static final DestinationOption KEY_FIELD =
            DestinationOption.of(
                    "key_field",
                    DestinationOption.Kind.TEXT,
                    "Column that makes the message key; if not given, the mapping's key.");

    private MessageBrokerOptions() {}
}
