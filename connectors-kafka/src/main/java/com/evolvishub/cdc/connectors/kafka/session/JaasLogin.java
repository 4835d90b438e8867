package com.evolvishub.cdc.connectors.kafka.session;

/** The JAAS configuration line with which Kafka's client logs in. */
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

    // JAAS ends a string at a raw line break and uses backslash escapes as C does
    private static String quoted(String text) {
        StringBuilder quoted = new StringBuilder("\"");
        text.chars()
                .forEach(
                        character -> {
                            switch (character) {
                                case '"', '\\' -> quoted.append('\\').append((char) character);
                                case '\n' -> quoted.append("\\n");
                                case '\r' -> quoted.append("\\r");
                                default -> quoted.append((char) character);
                            }
                        });
        return quoted.append('"').toString();
    }
}
