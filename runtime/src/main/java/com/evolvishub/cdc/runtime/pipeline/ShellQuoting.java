package com.evolvishub.cdc.runtime.pipeline;

import java.util.regex.Pattern;

/** Quotes words of shell commands in messages, so that a user can copy the command. */
public final class ShellQuoting {

    private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9_@%+:,./-]+");

    private ShellQuoting() {}

    /** The text as one word of a POSIX shell. */
    public static String quote(String text) {
        return PLAIN.matcher(text).matches() ? text : "'" + text.replace("'", "'\\''") + "'";
    }
}
