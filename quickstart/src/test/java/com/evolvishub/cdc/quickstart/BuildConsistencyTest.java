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

/** What is said in two files says the same in both. */
class BuildConsistencyTest {
    private static final Path ROOT = Path.of("..");

    @Test
    void opensThePackagesThatTheTestsRunWith() throws IOException {
        String launcher = read("bin/evolvishub-cdc");
        List<String> opened =
                Pattern.compile("--add-opens=java\\.base/([a-z.]+)=ALL-UNNAMED")
                        .matcher(read("pom.xml"))
                        .results()
                        .map(found -> found.group(1))
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
    void comparesWhatTheExampleFileKeepsInStep() throws IOException {
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
    void readsBackWhatTheExampleFileStreams() throws IOException {
        String example = read("examples/event_buses.yaml");

        for (EventMapping route : EventMapping.ALL) {
            assertThat(example)
                    .contains("- name: " + route.mapping() + "\n")
                    .contains("table: " + route.table() + "\n")
                    .containsPattern("table: (persistent://public/default/)?" + route.topic());
        }
        assertThat(example.split("- name: ", -1)).hasSize(EventMapping.ALL.size() + 1);
    }

    @Test
    void theIntegrationTestsOfEachModuleAreRunByAWholeBuild() throws IOException {
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
