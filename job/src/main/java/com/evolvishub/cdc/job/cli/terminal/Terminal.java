package com.evolvishub.cdc.job.cli.terminal;

/** Whether somebody is looking. */
public final class Terminal {

    private Terminal() {}

    /**
     * Whether standard output is a terminal that understands cursor movements. The launcher asks
     * the shell, because a JVM cannot tell its output from its input.
     */
    public static boolean isInteractive() {
        return Boolean.getBoolean("evolvishub.terminal")
                && System.getenv("CI") == null
                && !"dumb".equals(System.getenv("TERM"));
    }

    /** How many characters fit a line; lines that are longer would spoil a redraw. */
    static int columns() {
        return Integer.getInteger("evolvishub.columns", 120);
    }

    /** Whether colours are wanted: on a terminal, unless NO_COLOR says otherwise. */
    public static boolean wantsColour() {
        return isInteractive() && System.getenv("NO_COLOR") == null;
    }
}
