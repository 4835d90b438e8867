package com.evolvishub.cdc.planner.physical;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.evolvishub.cdc.planner.spec.WatermarkCollation;
import com.evolvishub.cdc.planner.sql.PollQuery.Placeholder;
import com.evolvishub.cdc.planner.sql.Relation;
import java.io.Serializable;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;

/**
 * Hashes of everything that a position depends on, stored with the position: a position in one
 * relation is meaningless in another. Hashes, because a query may contain confidential values.
 *
 * @param parts hash of each part, in the order of {@link #NAMES}
 */
public record PipelineFingerprint(List<String> parts) implements Serializable {

    /** The part for the key columns that the file names. */
    public static final String KEY = "key";

    /** Names of the parts, as in a file. */
    private static final List<String> NAMES =
            List.of("source", "watermark", KEY, "capture", "destination");

    private static final int DIGITS = 16;

    public PipelineFingerprint {
        parts = List.copyOf(parts);
    }

    /** The fingerprint of a planned pipeline. */
    public static PipelineFingerprint of(Pipeline pipeline) {
        PollScan scan = pipeline.scan();
        return new PipelineFingerprint(
                List.of(
                        hash(relation(scan.relation())),
                        hash(watermark(scan.capture())),
                        hash(String.join("\n", scan.key())),
                        hash(scan.capture().mode()),
                        hash(PipelineIdentity.destination(pipeline.deliver().destination()))));
    }

    private static String relation(Relation relation) {
        if (relation instanceof Relation.Query query) {
            return "query\n"
                    + query.query()
                            .render(
                                    placeholder ->
                                            placeholder == Placeholder.LAST_SYNC
                                                    ? ":last_sync"
                                                    : ":size");
        }
        Relation.Table table = (Relation.Table) relation;
        return "table\n" + table.schema() + "\n" + table.name();
    }

    private static String watermark(Capture capture) {
        if (!(capture instanceof Capture.ByWatermark by)) {
            return "";
        }
        String order = by.collation() == WatermarkCollation.COLUMN ? "" : "\n" + by.collation();
        return by.column() + "\n" + by.type() + order;
    }

    private static String hash(String text) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(UTF_8));
            return HexFormat.of().formatHex(digest).substring(0, DIGITS);
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every Java platform has SHA-256", impossible);
        }
    }

    /** Names of the parts that differ from another fingerprint; empty: they are equal. */
    public List<String> changedIn(PipelineFingerprint other) {
        Objects.requireNonNull(other, "other");
        List<String> changed = new ArrayList<>();
        for (int i = 0; i < NAMES.size(); i++) {
            if (i >= other.parts.size() || !parts.get(i).equals(other.parts.get(i))) {
                changed.add(NAMES.get(i));
            }
        }
        return changed;
    }
}
