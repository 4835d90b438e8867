/**
 * How the tests of all modules wait for conditions. Imports no class of the product and is imported
 * by none.
 */
package com.evolvishub.cdc.testing.await;
