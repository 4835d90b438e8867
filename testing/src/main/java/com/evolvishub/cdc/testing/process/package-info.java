/** Child processes, ports, directories: what all servers here stand on. */
package com.evolvishub.cdc.testing.process;
