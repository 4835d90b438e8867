/**
 * Measures evolvishub-cdc against baselines, alternating in one run on one machine, and prints
 * ratios. It prints no absolute times, because they depend on the machine.
 */
package com.evolvishub.cdc.bench;
