/** The step that drops columns which only key or watermark needed, right behind the source. */
package com.evolvishub.cdc.job.projection;
