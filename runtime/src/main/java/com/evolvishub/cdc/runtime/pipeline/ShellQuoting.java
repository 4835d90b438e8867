package com.evolvishub.cdc.runtime.pipeline;

import java.util.regex.Pattern;

/** Words of a command that a message tells people to run: copied, they must work. */
public final class ShellQuoting {

    private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9_@%+:,./-]+");

    private ShellQuoting() {}

    /** The text as one word of a POSIX shell. */
    public static String quote(String text) {
        return PLAIN.matcher(text).matches() ? text : "'" + text.replace("'", "'\\''") + "'";
    }
}
