package com.evolvishub.cdc.connectors.redis.session;

import com.evolvishub.cdc.planner.spec.endpoint.EndpointSpec;

/**
 * The keys that a lane writes to. All are in one slot of a cluster, so that one script may touch
 * them.
 *
 * @param stream where rows go
 * @param lane a hash with the lane's epoch and last number
 * @param deadLetters where rows go that cannot be written
 */
public record StreamKeys(String stream, String progress, String deadLetters) {

    /**
     * @param identity the lane's
     */
    public static StreamKeys of(EndpointSpec endpoint, String identity) {
        String stream = endpoint.table();
        String tag = tag(stream);
        // outside a cluster a plainer name will do
        boolean tagged = !tag.equals(stream) || !inCluster(endpoint);
        return new StreamKeys(
                stream,
                "{%s}:evolvishub_cdc:%s".formatted(tag, identity),
                (tagged ? stream : "{" + stream + "}") + ":dlq");
    }

    /** Whether the file says that the server is one of a cluster. */
    public static boolean inCluster(EndpointSpec endpoint) {
        return endpoint.option("cluster").filter(s -> s.reveal().equals("true")).isPresent();
    }

    /**
     * Whether another key can be made that is sure to be in the stream's slot. Not if the name
     * holds a closing brace that ends no tag.
     */
    public static boolean canShareSlot(String stream) {
        return !tag(stream).equals(stream) || stream.indexOf('}') < 0;
    }

    /** What the slot of a key hangs on: what stands in its first braces, or else all of it. */
    private static String tag(String key) {
        int open = key.indexOf('{');
        int close = open < 0 ? -1 : key.indexOf('}', open);
        return close > open + 1 ? key.substring(open + 1, close) : key;
    }
}
