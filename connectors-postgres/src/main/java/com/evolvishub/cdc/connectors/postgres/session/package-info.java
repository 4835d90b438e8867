/**
 * Connections to a destination database and their errors. Imports nothing else of the connector.
 */
package com.evolvishub.cdc.connectors.postgres.session;
