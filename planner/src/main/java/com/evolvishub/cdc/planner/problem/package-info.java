/** Problems of a file, with position and remedy. Used by every stage of the planner. */
package com.evolvishub.cdc.planner.problem;
