/**
 * Connections to a destination database and their errors. Depends on no other package of the
 * connector.
 */
package com.evolvishub.cdc.connectors.postgres.session;
