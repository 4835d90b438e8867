package com.evolvishub.cdc.testing.postgres;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * On a {@link Database} parameter of a test or of a method that runs before it: a new, empty
 * database of the {@link PostgresServer} registered in the class, dropped when the test has ended.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.PARAMETER)
public @interface FreshDatabase {}
