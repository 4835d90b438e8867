package com.evolvishub.cdc.planner.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * The exact text of each message. A case in {@code problems.txt} is a title, a file, and the
 * expected messages; {@code -Dgolden.update} rewrites the messages, for review.
 */
class ProblemMessagesTest {

    record Case(String title, String file, List<String> expected) {}

    private static final Path CASES = Path.of("src", "test", "resources", "problems.txt");

    static List<Case> cases() {
        List<Case> cases = new ArrayList<>();
        for (String text : SpecReaderFixture.text(CASES).split("(?m)^=== ", -1)) {
            if (text.isBlank()) {
                continue;
            }
            int title = text.indexOf('\n');
            int file = text.indexOf("\n---\n");
            cases.add(
                    new Case(
                            text.substring(0, title),
                            text.substring(title + 1, file + 1),
                            text.substring(file + 5).strip().lines().toList()));
        }
        return cases;
    }

    @TestFactory
    List<DynamicTest> saysWhatIsWrongAndWhatWouldDo() {
        if (System.getProperty("golden.update") != null) {
            rewriteExpectedLines();
        }
        return cases().stream()
                .map(
                        c ->
                                DynamicTest.dynamicTest(
                                        c.title(),
                                        () ->
                                                assertThat(
                                                                SpecReaderFixture.plain()
                                                                        .problems(c.file()))
                                                        .isEqualTo(c.expected())))
                .toList();
    }

    private static void rewriteExpectedLines() {
        StringBuilder text = new StringBuilder();
        for (Case c : cases()) {
            text.append("=== ").append(c.title()).append('\n');
            text.append(c.file()).append("---\n");
            SpecReaderFixture.plain()
                    .problems(c.file())
                    .forEach(line -> text.append(line).append('\n'));
        }
        SpecReaderFixture.write(CASES, text.toString());
    }

    @Test
    void reportsAnEmptyFile() {
        for (String text : List.of("", "   \n", "# nothing\n", "---\n", "~", "{}", "\uFEFF")) {
            assertThat(SpecReaderFixture.plain().problems(text))
                    .containsExactly("the file is empty; expected name and mappings");
        }
    }

    @Test
    void reportsATab() {
        assertThat(SpecReaderFixture.plain().problems("name: x\nmappings:\n\t- name: a\n"))
                .containsExactly("not YAML: a tab stands here; indent with spaces (line 3)");
    }

    @Test
    void rejectsASecondDocument() {
        assertThat(SpecReaderFixture.plain().problems("name: x\n---\nname: y\n"))
                .containsExactly("a second document starts here; expected one (line 2)");
    }

    @Test
    void reportsInvalidJson() {
        assertThat(
                        SpecReaderFixture.plain()
                                .problems("a.json", "{\"name\": \"x\",\n \"mappings\": [}"))
                .containsExactly(
                        "not JSON: it cannot be read here; is a comma, quote or bracket missing?"
                                + " (line 2)");
        assertThat(SpecReaderFixture.plain().problems("a.json", "{\"name\": \"x\"}\n{}"))
                .containsExactly("not JSON: something follows the closing bracket (line 2)");
        assertThat(
                        SpecReaderFixture.plain()
                                .problems("a.JSON", "{\n\t\"name\": \"x\", \"nam\": 1}"))
                .containsExactly(
                        "mappings: is missing (line 1)",
                        "nam: unknown key \"nam\"; did you mean \"name\"? (line 2)");
    }
}
