/**
 * The quickstart: a PostgreSQL server with two databases, a generator of changes, one run of the
 * example file, and a comparison at the end. It is for demonstration and tests, not for production.
 */
package com.evolvishub.cdc.quickstart;
