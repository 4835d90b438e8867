/** Describes relations and queries of the source from its catalog. No Flink types. */
package com.evolvishub.cdc.source.catalog;
