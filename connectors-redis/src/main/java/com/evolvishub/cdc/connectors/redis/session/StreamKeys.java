package com.evolvishub.cdc.connectors.redis.session;

import com.evolvishub.cdc.planner.spec.endpoint.EndpointSpec;

/**
 * The keys that a pipeline writes to. All hash to one slot of a cluster, so that one script can use
 * them.
 *
 * @param stream the stream for rows
 * @param progress a hash with the pipeline's epoch and last sequence number
 * @param deadLetters the stream for rejected rows
 */
public record StreamKeys(String stream, String progress, String deadLetters) {

    /**
     * @param identity the pipeline identity
     */
    public static StreamKeys of(EndpointSpec endpoint, String identity) {
        String stream = endpoint.table();
        String tag = tag(stream);
        // without a cluster the name needs no hash tag
        boolean tagged = !tag.equals(stream) || !inCluster(endpoint);
        return new StreamKeys(
                stream,
                "{%s}:evolvishub_cdc:%s".formatted(tag, identity),
                (tagged ? stream : "{" + stream + "}") + ":dlq");
    }

    /** Whether the file says that the server belongs to a cluster. */
    public static boolean inCluster(EndpointSpec endpoint) {
        return endpoint.option("cluster").filter(s -> s.reveal().equals("true")).isPresent();
    }

    /**
     * Whether other keys can be named so that they share the stream's slot. Not if the name
     * contains a closing brace but no hash tag.
     */
    public static boolean canShareSlot(String stream) {
        return !tag(stream).equals(stream) || stream.indexOf('}') < 0;
    }

    /** The part of a key that determines its slot: its hash tag, else the whole key. */
    private static String tag(String key) {
        int open = key.indexOf('{');
        int close = open < 0 ? -1 : key.indexOf('}', open);
        return close > open + 1 ? key.substring(open + 1, close) : key;
    }
}
