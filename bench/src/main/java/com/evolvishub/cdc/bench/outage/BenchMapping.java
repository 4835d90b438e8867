package com.evolvishub.cdc.bench.outage;

import java.util.Collection;
import java.util.List;

/**
 * One of the ten mappings.
 *
 * @param table at the source; its topic, stream or table at the destination has the same name
 * @param capture the capture mode, as in the file
 */
record BenchMapping(String table, BenchEndpoint source, String capture, BenchEndpoint destination) {

    static final List<BenchMapping> ALL =
            List.of(
                    new BenchMapping(
                            "orders", BenchEndpoint.SHOP, "watermark", BenchEndpoint.KAFKA),
                    new BenchMapping("payments", BenchEndpoint.SHOP, "diff", BenchEndpoint.KAFKA),
                    new BenchMapping(
                            "customers", BenchEndpoint.SHOP, "watermark", BenchEndpoint.PULSAR),
                    new BenchMapping("visits", BenchEndpoint.SHOP, "query", BenchEndpoint.PULSAR),
                    new BenchMapping(
                            "products", BenchEndpoint.SHOP, "watermark", BenchEndpoint.REDIS),
                    new BenchMapping("stock", BenchEndpoint.BRANCH, "diff", BenchEndpoint.REDIS),
                    new BenchMapping(
                            "invoices", BenchEndpoint.SHOP, "query", BenchEndpoint.WAREHOUSE),
                    new BenchMapping(
                            "parcels", BenchEndpoint.BRANCH, "watermark", BenchEndpoint.WAREHOUSE),
                    new BenchMapping(
                            "suppliers", BenchEndpoint.SHOP, "diff", BenchEndpoint.ARCHIVE),
                    new BenchMapping(
                            "returns", BenchEndpoint.SHOP, "watermark", BenchEndpoint.ARCHIVE));

    /** Whether it depends on one of these servers. */
    boolean needs(Collection<BenchEndpoint> endpoints) {
        return endpoints.contains(source) || endpoints.contains(destination);
    }

    /** Whether the source's deletes reach the destination. */
    boolean deliversDeletes() {
        return capture.equals("diff");
    }
}
