/**
 * The content of a file as records, one to one with the YAML. The reader in {@code config} creates
 * them. Nothing here decides how a mapping runs.
 */
package com.evolvishub.cdc.planner.spec;
