package com.evolvishub.cdc.planner;

import com.evolvishub.cdc.planner.spec.CaptureMode;
import com.evolvishub.cdc.planner.spec.ConnectionSpec;
import com.evolvishub.cdc.planner.spec.DeleteWhen;
import com.evolvishub.cdc.planner.spec.DeliveryMode;
import com.evolvishub.cdc.planner.spec.EndpointSpec;
import com.evolvishub.cdc.planner.spec.LogLevel;
import com.evolvishub.cdc.planner.spec.LossRules;
import com.evolvishub.cdc.planner.spec.MappingSpec;
import com.evolvishub.cdc.planner.spec.MultiCdcSpec;
import com.evolvishub.cdc.planner.spec.NullWatermark;
import com.evolvishub.cdc.planner.spec.OnBadRow;
import com.evolvishub.cdc.planner.spec.Option;
import com.evolvishub.cdc.planner.spec.Rename;
import com.evolvishub.cdc.planner.spec.SchemaChange;
import com.evolvishub.cdc.planner.spec.Secret;
import com.evolvishub.cdc.planner.spec.SyncSpec;
import com.evolvishub.cdc.planner.spec.TlsSpec;
import com.evolvishub.cdc.planner.spec.WatermarkCollation;
import com.evolvishub.cdc.planner.spec.WatermarkSpec;
import com.evolvishub.cdc.planner.spec.WatermarkType;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Files and mappings for tests, with the defaults that a reader of files would fill in. */
public final class Mappings {

    /** In every endpoint below; no plan may show it. */
    public static final String PASSWORD = "s3cr3t-pa55word";

    private final String name;
    private final EndpointSpec source;
    private final List<EndpointSpec> destinations = new ArrayList<>();
    private boolean enabled = true;
    private Optional<WatermarkSpec> watermark = Optional.empty();
    private String query = "";
    private List<Rename> renames = List.of();
    private List<String> excluded = List.of();
    private List<String> key = List.of();
    private Optional<CaptureMode> capture = Optional.empty();
    private DeliveryMode delivery = DeliveryMode.EXACTLY_ONCE;
    private SyncSpec sync = sync(SyncSpec.Mode.CONTINUOUS, Duration.ofMinutes(1), "");
    private String deleteWhen = "";
    private String renamedFrom = "";

    private Mappings(String name, EndpointSpec source) {
        this.name = name;
        this.source = source;
    }

    /** A mapping of a table or view. */
    public static Mappings mapping(String name, String table) {
        return new Mappings(name, postgres("source-db.company.com", "customer_analytics", table));
    }

    /** A mapping of something else. */
    public static Mappings mapping(String name, EndpointSpec source) {
        return new Mappings(name, source);
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
                        List.of(new Option("sslpassword", new Secret(PASSWORD)))),
                "",
                table,
                List.of(new Option("sasl_password", new Secret(PASSWORD))));
    }

    public static EndpointSpec warehouse(String table) {
        return postgres("warehouse-db.company.com", "data_warehouse", table);
    }

    public static SyncSpec sync(SyncSpec.Mode mode, Duration interval, String cron) {
        return new SyncSpec(mode, interval, 1000, cron, "UTC", 3, Duration.ofSeconds(5));
    }

    public Mappings to(EndpointSpec destination) {
        destinations.add(destination);
        return this;
    }

    public Mappings to(String table) {
        return to(warehouse(table));
    }

    public Mappings disabled() {
        enabled = false;
        return this;
    }

    public Mappings watermark(String column, WatermarkType type) {
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
                                NullWatermark.IGNORE));
        return this;
    }

    /** A text that is compared byte by byte. */
    public Mappings watermarkOfBytes(String column) {
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
                                NullWatermark.IGNORE,
                                Duration.ZERO,
                                WatermarkCollation.C));
        return this;
    }

    public Mappings query(String sql) {
        query = sql;
        return this;
    }

    public Mappings renaming(String... fromAndTo) {
        List<Rename> pairs = new ArrayList<>();
        for (int i = 0; i < fromAndTo.length; i += 2) {
            pairs.add(new Rename(fromAndTo[i], fromAndTo[i + 1]));
        }
        renames = pairs;
        return this;
    }

    public Mappings excluding(String... columns) {
        excluded = Arrays.asList(columns);
        return this;
    }

    public Mappings key(String... columns) {
        key = Arrays.asList(columns);
        return this;
    }

    public Mappings capture(CaptureMode mode) {
        capture = Optional.of(mode);
        return this;
    }

    public Mappings delivery(DeliveryMode mode) {
        delivery = mode;
        return this;
    }

    public Mappings sync(SyncSpec block) {
        sync = block;
        return this;
    }

    public Mappings deleteWhen(String column) {
        deleteWhen = column;
        return this;
    }

    public Mappings renamedFrom(String earlier) {
        renamedFrom = earlier;
        return this;
    }

    /** A file of these mappings. */
    public static MultiCdcSpec file(String name, Mappings... mappings) {
        return file(name, true, 3, mappings);
    }

    public static MultiCdcSpec file(
            String name, boolean parallel, int workers, Mappings... mappings) {
        List<MappingSpec> specs = new ArrayList<>();
        for (int i = 0; i < mappings.length; i++) {
            specs.add(mappings[i].at("mappings[" + i + "]"));
        }
        return new MultiCdcSpec(
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

    /** The mapping, standing somewhere in a file. */
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
                OnBadRow.QUARANTINE,
                Duration.ofMinutes(5),
                SchemaChange.EVOLVE,
                0.5,
                LossRules.DEFAULT,
                0,
                renamedFrom);
    }
}
