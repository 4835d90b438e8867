/** How an endpoint is reached: address, credentials, options. What the user wrote, as records. */
package com.evolvishub.cdc.planner.spec.endpoint;
