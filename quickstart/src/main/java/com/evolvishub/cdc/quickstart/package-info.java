/**
 * The quickstart: a PostgreSQL with two databases, data that keep changing, one run of the example
 * file over them, and the comparison at the end. Nothing here belongs to a production run;
 * whole-road tests live beside it.
 */
package com.evolvishub.cdc.quickstart;
