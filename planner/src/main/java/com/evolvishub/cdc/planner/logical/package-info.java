/**
 * The logical plan of a file: Sink over Project over Filter over Scan. It does not depend on how or
 * where it runs.
 */
package com.evolvishub.cdc.planner.logical;
