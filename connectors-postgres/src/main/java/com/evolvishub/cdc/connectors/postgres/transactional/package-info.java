/** Flink's two-phase commit over prepared transactions. */
package com.evolvishub.cdc.connectors.postgres.transactional;
