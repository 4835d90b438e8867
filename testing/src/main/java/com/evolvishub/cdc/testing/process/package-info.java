/** Child processes, ports and directories, used by all servers of this module. */
package com.evolvishub.cdc.testing.process;
