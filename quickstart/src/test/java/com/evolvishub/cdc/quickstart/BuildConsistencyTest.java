package com.evolvishub.cdc.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import com.evolvishub.cdc.quickstart.events.EventMapping;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Checks that facts which two files repeat are the same in both. */
class BuildConsistencyTest {
    private static final Path ROOT = Path.of("..");

    @Test
    void launcherOpensTheSamePackagesAsTheTests() throws IOException {
        String launcher = read("bin/evolvishub-cdc");
        List<String> opened =
                Pattern.compile("--add-opens=java\\.base/([a-z.]+)=ALL-UNNAMED")
                        .matcher(read("pom.xml"))
                        .results()
                        .map(match -> match.group(1))
                        .toList();

        assertThat(opened).isNotEmpty();
        String loop =
                launcher.substring(
                        launcher.indexOf("for package in"),
                        launcher.indexOf("; do", launcher.indexOf("for package in")));
        assertThat(loop.replace("for package in", "").replace("\\", "").strip().split("\\s+"))
                .containsExactlyElementsOf(opened);
    }

    @Test
    void quickstartComparesAllMappingsOfTheExampleFile() throws IOException {
        String example = read("examples/multi_customer_views.yaml");

        for (CustomerViews.Pair pair : CustomerViews.PAIRS) {
            assertThat(example)
                    .contains("- name: " + pair.mapping() + "\n")
                    .contains("table: " + pair.view() + "\n")
                    .contains("table: " + pair.table() + "\n");
        }
        assertThat(example.split("- name: ", -1)).hasSize(CustomerViews.PAIRS.size() + 1);
    }

    @Test
    void eventsQuickstartReadsAllTopicsOfTheExampleFile() throws IOException {
        String example = read("examples/event_buses.yaml");

        for (EventMapping mapping : EventMapping.ALL) {
            assertThat(example)
                    .contains("- name: " + mapping.mapping() + "\n")
                    .contains("table: " + mapping.table() + "\n")
                    .containsPattern("table: (persistent://public/default/)?" + mapping.topic());
        }
        assertThat(example.split("- name: ", -1)).hasSize(EventMapping.ALL.size() + 1);
    }

    @Test
    void aFullBuildRunsTheIntegrationTestsOfEachModule() throws IOException {
        String modules = read("pom.xml");
        Set<String> tested = new TreeSet<>();
        try (Stream<Path> sources = Files.find(ROOT, 12, BuildConsistencyTest::isIntegrationTest)) {
            sources.forEach(test -> tested.add(ROOT.relativize(test).getName(0).toString()));
        }
        assertThat(tested).isNotEmpty();
        for (String module : tested) {
            assertThat(modules).contains("<module>its/" + module + "</module>");
            assertThat(read("its/" + module + "/pom.xml"))
                    .contains("<tested>" + module + "</tested>");
        }
    }

    private static boolean isIntegrationTest(Path path, BasicFileAttributes attributes) {
        return path.toString().contains("/src/test/") && path.toString().endsWith("ITCase.java");
    }

    private static String read(String file) throws IOException {
        return Files.readString(ROOT.resolve(file));
    }
}
