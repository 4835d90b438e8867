/** Creates tables and types, adds columns, and checks that rows fit. */
package com.evolvishub.cdc.connectors.postgres.schema;
