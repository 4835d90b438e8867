/** The content of a message, and the interface that connectors use. */
package com.evolvishub.cdc.formats.message;
