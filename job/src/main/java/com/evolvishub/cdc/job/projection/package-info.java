/** The operator that drops columns needed only as key or watermark. */
package com.evolvishub.cdc.job.projection;
