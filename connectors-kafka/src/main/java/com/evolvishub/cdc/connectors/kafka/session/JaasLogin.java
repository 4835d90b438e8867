package com.evolvishub.cdc.connectors.kafka.session;

/** The line of JAAS by which Kafka's client logs in. */
final class JaasLogin {

    private static final String PACKAGE = "org.apache.kafka.common.security.";

    private JaasLogin() {}

    /**
     * The value of {@code sasl.jaas.config}.
     *
     * @param mechanism PLAIN or one of SCRAM
     */
    static String jaas(String mechanism, String username, String password) {
        String module =
                mechanism.equals("PLAIN") ? "plain.PlainLoginModule" : "scram.ScramLoginModule";
        return PACKAGE
                + module
                + " required username="
                + quoted(username)
                + " password="
                + quoted(password)
                + ";";
    }

    // the reader of JAAS ends a string at a raw line end, and takes backslash as C does
    private static String quoted(String text) {
        StringBuilder quoted = new StringBuilder("\"");
        text.chars()
                .forEach(
                        letter -> {
                            switch (letter) {
                                case '"', '\\' -> quoted.append('\\').append((char) letter);
                                case '\n' -> quoted.append("\\n");
                                case '\r' -> quoted.append("\\r");
                                default -> quoted.append((char) letter);
                            }
                        });
        return quoted.append('"').toString();
    }
}
