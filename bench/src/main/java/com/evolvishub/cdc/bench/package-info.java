/**
 * Measures evolvishub-cdc against yardsticks, in turn, in one run on one machine, and prints
 * ratios. A time alone says more about the machine than about the program, so none is printed.
 */
package com.evolvishub.cdc.bench;
