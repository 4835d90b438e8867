package com.evolvishub.cdc.planner.problem;

/** The positions of the values in a file, by path. */
public interface ProblemLocations {

    /**
     * A problem at that path: at its position or, if it has none, at that of the nearest enclosing
     * block.
     */
    Problem problem(String path, String message);
}
