package com.evolvishub.cdc.job.cli.terminal;

/** Properties of the terminal at standard output. */
public final class Terminal {

    private Terminal() {}

    /**
     * Whether standard output is a terminal that understands cursor movements. The launcher script
     * checks this, because a JVM cannot check its output alone.
     */
    public static boolean isInteractive() {
        return Boolean.getBoolean("evolvishub.terminal")
                && System.getenv("CI") == null
                && !"dumb".equals(System.getenv("TERM"));
    }

    /** The width in characters; a longer line would break the redraw. */
    static int columns() {
        return Integer.getInteger("evolvishub.columns", 120);
    }

    /** Whether to use colours: on a terminal, unless NO_COLOR is set. */
    public static boolean wantsColour() {
        return isInteractive() && System.getenv("NO_COLOR") == null;
    }
}
