package com.evolvishub.cdc.testing.process;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** The OS user that runs PostgreSQL, which does not run as root. */
public enum OsUser {
    /** The current user is not root and runs the server. */
    OWN(""),

    /** Root in a user namespace, so that the server does not see root; root owns the files. */
    ROOT_IN_NAMESPACE("unshare -U"),

    /**
     * The user {@code nobody}, where root may not create user namespaces; nobody owns the server's
     * files.
     */
    ROOT_AS_NOBODY("setpriv --reuid=65534 --regid=65534 --clear-groups");

    public static final int NOBODY = 65534;

    private static final OsUser CURRENT = detect();

    private final String prefix;

    OsUser(String prefix) {
        this.prefix = prefix;
    }

    public static OsUser current() {
        return CURRENT;
    }

    /** Returns the command that runs as this user; the process id does not change. */
    public List<String> command(List<String> command) {
        List<String> prefixed = new ArrayList<>();
        if (!prefix.isEmpty()) {
            prefixed.addAll(List.of(prefix.split(" ", -1)));
        }
        prefixed.addAll(command);
        return prefixed;
    }

    private static OsUser detect() {
        if (!System.getProperty("user.name").equals("root")) {
            return OWN;
        }
        return succeeds(ROOT_IN_NAMESPACE.command(List.of("true")))
                ? ROOT_IN_NAMESPACE
                : ROOT_AS_NOBODY;
    }

    /** Whether the command can be run on this machine and exits with 0. */
    public static boolean succeeds(List<String> command) {
        try {
            return new ProcessBuilder(command)
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start()
                            .waitFor()
                    == 0;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
