/** The Flink operator around a two-phase-commit sink. */
package com.evolvishub.cdc.sink.transactional;
