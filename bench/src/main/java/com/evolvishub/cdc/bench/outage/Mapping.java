package com.evolvishub.cdc.bench.outage;

import java.util.Collection;
import java.util.List;

/**
 * One of the ten mappings.
 *
 * @param table at the source; its topic, stream or table at the destination has the same name
 * @param capture how the source is read, as the file says it
 */
record Mapping(String table, End source, String capture, End destination) {

    static final List<Mapping> ALL =
            List.of(
                    new Mapping("orders", End.SHOP, "watermark", End.KAFKA),
                    new Mapping("payments", End.SHOP, "diff", End.KAFKA),
                    new Mapping("customers", End.SHOP, "watermark", End.PULSAR),
                    new Mapping("visits", End.SHOP, "query", End.PULSAR),
                    new Mapping("products", End.SHOP, "watermark", End.REDIS),
                    new Mapping("stock", End.BRANCH, "diff", End.REDIS),
                    new Mapping("invoices", End.SHOP, "query", End.WAREHOUSE),
                    new Mapping("parcels", End.BRANCH, "watermark", End.WAREHOUSE),
                    new Mapping("suppliers", End.SHOP, "diff", End.ARCHIVE),
                    new Mapping("returns", End.SHOP, "watermark", End.ARCHIVE));

    /** Whether it cannot go on while these servers are away. */
    boolean needs(Collection<End> ends) {
        return ends.contains(source) || ends.contains(destination);
    }

    /** Whether the source's deletes reach the destination. */
    boolean tellsDeletes() {
        return capture.equals("diff");
    }
}
