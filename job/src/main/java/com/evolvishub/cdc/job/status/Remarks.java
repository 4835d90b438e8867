package com.evolvishub.cdc.job.status;

import java.util.ArrayList;
import java.util.List;

/** What is to be known of a mapping's source although nothing is wrong. */
public final class Remarks {

    private Remarks() {}

    /** One line on how far back polls have to read; empty: no transaction makes them. */
    public static String floor(MappingStatus mapping) {
        // the name of a prepared transaction is anybody's text
        return mapping.rereadFloor().replaceAll("\\p{Cntrl}", "?");
    }

    /** All of it, a line each. */
    static List<String> of(MappingStatus mapping) {
        List<String> remarks = new ArrayList<>();
        if (!mapping.rereadFloor().isEmpty()) {
            remarks.add(floor(mapping));
        }
        if (mapping.nullWatermarks() > 0) {
            remarks.add(rows(mapping.nullWatermarks()) + " without a watermark (null_watermark)");
        }
        if (mapping.futureWatermarks() > 0) {
            String whose = mapping.futureWatermarks() == 1 ? "its" : "their";
            remarks.add(
                    "%s from the future, not sent before %s time"
                            .formatted(rows(mapping.futureWatermarks()), whose));
        }
        if (mapping.deletesUnconfirmed() > 0) {
            remarks.add(
                    rows(mapping.deletesUnconfirmed())
                            + " missing from the last read, deleted if the next one misses them too");
        }
        return remarks;
    }

    private static String rows(long count) {
        return Figures.count(count) + (count == 1 ? " row" : " rows");
    }
}
