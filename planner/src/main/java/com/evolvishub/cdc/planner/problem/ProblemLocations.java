package com.evolvishub.cdc.planner.problem;

/** Where the values of a file stand, by path. */
public interface ProblemLocations {

    /**
     * A problem at that path: at its own place, or where there is none at the nearest block around
     * it.
     */
    Problem problem(String path, String message);
}
