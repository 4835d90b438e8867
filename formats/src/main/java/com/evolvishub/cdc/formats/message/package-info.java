/** What a message consists of: the interface that connectors import. */
package com.evolvishub.cdc.formats.message;
