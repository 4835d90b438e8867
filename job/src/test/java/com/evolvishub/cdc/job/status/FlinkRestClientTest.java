package com.evolvishub.cdc.job.status;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class FlinkRestClientTest {

    @Test
    void splitsMetricsWithLongNamesIntoQueriesThatFlinkAccepts() {
        List<String> ids =
                IntStream.range(0, 40).mapToObj(n -> "0." + "ä".repeat(60) + ".m" + n).toList();

        List<String> queries = FlinkRestClient.queries(ids);

        assertThat(queries).hasSizeGreaterThan(1).allMatch(query -> query.length() <= 3000 + 3);
        assertThat(
                        queries.stream()
                                .map(query -> URLDecoder.decode(query, StandardCharsets.UTF_8))
                                .flatMap(query -> List.of(query.split(",", -1)).stream()))
                .containsExactlyElementsOf(ids);
    }

    @Test
    void sendsNoQueryWithoutMetrics() {
        assertThat(FlinkRestClient.queries(List.of())).isEmpty();
    }
}
