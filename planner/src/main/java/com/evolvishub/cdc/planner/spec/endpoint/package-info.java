/** The endpoint settings of a file as records: address, credentials, options. */
package com.evolvishub.cdc.planner.spec.endpoint;
