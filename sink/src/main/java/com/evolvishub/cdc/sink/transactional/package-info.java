/** The Flink operator in front of a two-phase-commit sink. */
package com.evolvishub.cdc.sink.transactional;
