package com.evolvishub.cdc.testing.postgres;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Marks a {@link Database} parameter of a test or of a set-up method: it gets a new, empty database
 * of the {@link PostgresServer} registered in the class. The database is dropped after the test.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.PARAMETER)
public @interface FreshDatabase {}
