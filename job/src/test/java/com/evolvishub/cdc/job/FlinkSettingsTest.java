package com.evolvishub.cdc.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.GlobalConfiguration;
import org.apache.flink.contrib.streaming.state.RocksDBOptions;
import org.junit.jupiter.api.Test;

class FlinkSettingsTest {

    @Test
    void bloomFiltersArePartitioned() {
        Configuration embedded = new Configuration();
        FlinkSettings.addRocksDb(embedded);
        assertThat(embedded.get(RocksDBOptions.USE_PARTITIONED_INDEX_FILTERS)).isTrue();
    }

    @Test
    void theExampleClusterConfigurationContainsTheRocksDbSettings() {
        Configuration embedded = new Configuration();
        FlinkSettings.addRocksDb(embedded);
        Configuration cluster =
                GlobalConfiguration.loadConfiguration(
                        Path.of("..", "flink-conf").toAbsolutePath().toString());
        assertThat(cluster.toMap()).containsAllEntriesOf(embedded.toMap());
    }
}
