/**
 * What can be said of a watermark's value outside the database: how far two of them are apart, for
 * types that have distances. Which of two comes first is the database's to say, never asked here.
 */
package com.evolvishub.cdc.source.watermark;
