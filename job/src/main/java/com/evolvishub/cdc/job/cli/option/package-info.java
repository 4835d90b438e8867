/** Options that several commands share. */
package com.evolvishub.cdc.job.cli.option;
