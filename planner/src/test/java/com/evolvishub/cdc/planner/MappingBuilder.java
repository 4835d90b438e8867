package com.evolvishub.cdc.planner;

import com.evolvishub.cdc.planner.spec.BadRowPolicy;
import com.evolvishub.cdc.planner.spec.CaptureMode;
import com.evolvishub.cdc.planner.spec.ColumnRename;
import com.evolvishub.cdc.planner.spec.ConfigFileSpec;
import com.evolvishub.cdc.planner.spec.DeleteWhen;
import com.evolvishub.cdc.planner.spec.DeliveryMode;
import com.evolvishub.cdc.planner.spec.LogLevel;
import com.evolvishub.cdc.planner.spec.LossPolicy;
import com.evolvishub.cdc.planner.spec.MappingSpec;
import com.evolvishub.cdc.planner.spec.NullWatermarkPolicy;
import com.evolvishub.cdc.planner.spec.SchemaChangePolicy;
import com.evolvishub.cdc.planner.spec.SyncSpec;
import com.evolvishub.cdc.planner.spec.WatermarkCollation;
import com.evolvishub.cdc.planner.spec.WatermarkSpec;
import com.evolvishub.cdc.planner.spec.WatermarkType;
import com.evolvishub.cdc.planner.spec.endpoint.ConnectionSpec;
import com.evolvishub.cdc.planner.spec.endpoint.EndpointOption;
import com.evolvishub.cdc.planner.spec.endpoint.EndpointSpec;
import com.evolvishub.cdc.planner.spec.endpoint.Secret;
import com.evolvishub.cdc.planner.spec.endpoint.TlsSpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Builds files and mappings for tests, with the defaults of the reader. */
public final class MappingBuilder {

    /** The password of every endpoint below; no plan may contain it. */
    public static final String PASSWORD = "s3cr3t-pa55word";

    private final String name;
    private final EndpointSpec source;
    private final List<EndpointSpec> destinations = new ArrayList<>();
    private boolean enabled = true;
    private Optional<WatermarkSpec> watermark = Optional.empty();
    private String query = "";
    private List<ColumnRename> renames = List.of();
    private List<String> excluded = List.of();
    private List<String> key = List.of();
    private Optional<CaptureMode> capture = Optional.empty();
    private DeliveryMode delivery = DeliveryMode.EXACTLY_ONCE;
    private SyncSpec sync = sync(SyncSpec.Mode.CONTINUOUS, Duration.ofMinutes(1), "");
    private String deleteWhen = "";
    private String renamedFrom = "";

    private MappingBuilder(String name, EndpointSpec source) {
        this.name = name;
        this.source = source;
    }

    /** A mapping of a table or view. */
    public static MappingBuilder mapping(String name, String table) {
        return new MappingBuilder(
                name, postgres("source-db.company.com", "customer_analytics", table));
    }

    /** A mapping of any source. */
    public static MappingBuilder mapping(String name, EndpointSpec source) {
        return new MappingBuilder(name, source);
    }

    public static EndpointSpec postgres(String host, String database, String table) {
        return endpoint("postgresql", host, 5432, database, table);
    }

    public static EndpointSpec endpoint(
            String type, String host, int port, String database, String table) {
        return new EndpointSpec(
                type,
                new ConnectionSpec(
                        host,
                        port,
                        database,
                        "etl",
                        new Secret(PASSWORD),
                        TlsSpec.UNSET,
                        Duration.ofSeconds(10),
                        List.of(new EndpointOption("sslpassword", new Secret(PASSWORD)))),
                "",
                table,
                List.of(new EndpointOption("sasl_password", new Secret(PASSWORD))));
    }

    public static EndpointSpec warehouse(String table) {
        return postgres("warehouse-db.company.com", "data_warehouse", table);
    }

    public static SyncSpec sync(SyncSpec.Mode mode, Duration interval, String cron) {
        return new SyncSpec(mode, interval, 1000, cron, "UTC", 3, Duration.ofSeconds(5));
    }

    public MappingBuilder to(EndpointSpec destination) {
        destinations.add(destination);
        return this;
    }

    public MappingBuilder to(String table) {
        return to(warehouse(table));
    }

    public MappingBuilder disabled() {
        enabled = false;
        return this;
    }

    public MappingBuilder watermark(String column, WatermarkType type) {
        watermark =
                Optional.of(
                        new WatermarkSpec(
                                column,
                                type,
                                "",
                                "",
                                Duration.ofSeconds(10),
                                1000,
                                Duration.ZERO,
                                NullWatermarkPolicy.IGNORE));
        return this;
    }

    /** A text watermark that is compared byte by byte. */
    public MappingBuilder watermarkInByteOrder(String column) {
        watermark =
                Optional.of(
                        new WatermarkSpec(
                                column,
                                WatermarkType.STRING,
                                "",
                                "",
                                Duration.ofSeconds(10),
                                1000,
                                Duration.ZERO,
                                NullWatermarkPolicy.IGNORE,
                                Duration.ZERO,
                                WatermarkCollation.C));
        return this;
    }

    public MappingBuilder query(String sql) {
        query = sql;
        return this;
    }

    public MappingBuilder renaming(String... fromAndTo) {
        List<ColumnRename> pairs = new ArrayList<>();
        for (int i = 0; i < fromAndTo.length; i += 2) {
            pairs.add(new ColumnRename(fromAndTo[i], fromAndTo[i + 1]));
        }
        renames = pairs;
        return this;
    }

    public MappingBuilder excluding(String... columns) {
        excluded = Arrays.asList(columns);
        return this;
    }

    public MappingBuilder key(String... columns) {
        key = Arrays.asList(columns);
        return this;
    }

    public MappingBuilder capture(CaptureMode mode) {
        capture = Optional.of(mode);
        return this;
    }

    public MappingBuilder delivery(DeliveryMode mode) {
        delivery = mode;
        return this;
    }

    public MappingBuilder sync(SyncSpec block) {
        sync = block;
        return this;
    }

    public MappingBuilder deleteWhen(String column) {
        deleteWhen = column;
        return this;
    }

    public MappingBuilder renamedFrom(String earlier) {
        renamedFrom = earlier;
        return this;
    }

    /** A file of these mappings. */
    public static ConfigFileSpec file(String name, MappingBuilder... mappings) {
        return file(name, true, 3, mappings);
    }

    public static ConfigFileSpec file(
            String name, boolean parallel, int workers, MappingBuilder... mappings) {
        List<MappingSpec> specs = new ArrayList<>();
        for (int i = 0; i < mappings.length; i++) {
            specs.add(mappings[i].at("mappings[" + i + "]"));
        }
        return new ConfigFileSpec(
                name,
                "",
                specs,
                parallel,
                workers,
                false,
                LogLevel.INFO,
                Duration.ofSeconds(1),
                Duration.ofMinutes(10),
                "",
                false);
    }

    /** The mapping, at a path in a file. */
    public MappingSpec at(String path) {
        return new MappingSpec(
                name,
                path,
                "",
                enabled,
                source,
                destinations,
                watermark,
                query,
                renames,
                excluded,
                sync,
                key,
                capture,
                delivery,
                Duration.ofSeconds(10),
                DeleteWhen.parse(deleteWhen),
                BadRowPolicy.QUARANTINE,
                Duration.ofMinutes(5),
                SchemaChangePolicy.EVOLVE,
                0.5,
                LossPolicy.DEFAULT,
                0,
                renamedFrom);
    }
}
