/**
 * What the tests of every module have in common: how they wait. Knows nothing of the product, and
 * nothing of the product knows it.
 */
package com.evolvishub.cdc.testing.await;
