package com.evolvishub.cdc.testing.process;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Under whose name PostgreSQL runs, which refuses to run as root. */
public enum OsUser {
    /** An ordinary user: nothing to do. */
    OWN(""),

    /** Root, hidden from the server by a user namespace; files stay root's. */
    ROOT_IN_NAMESPACE("unshare -U"),

    /** Root where user namespaces are forbidden: the server's files are handed to nobody. */
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

    /** The command, run under this account; the process keeps its id. */
    public List<String> command(List<String> command) {
        List<String> whole = new ArrayList<>();
        if (!prefix.isEmpty()) {
            whole.addAll(List.of(prefix.split(" ", -1)));
        }
        whole.addAll(command);
        return whole;
    }

    private static OsUser detect() {
        if (!System.getProperty("user.name").equals("root")) {
            return OWN;
        }
        return succeeds(ROOT_IN_NAMESPACE.command(List.of("true")))
                ? ROOT_IN_NAMESPACE
                : ROOT_AS_NOBODY;
    }

    /** Whether the command can be run here and ends with 0. */
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
