/** Creates tables and types, adds columns, and checks that rows fit the table. */
package com.evolvishub.cdc.connectors.postgres.schema;
