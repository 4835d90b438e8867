package com.evolvishub.cdc.planner.config;

import static org.assertj.core.api.Assertions.assertThat;

import com.evolvishub.cdc.planner.config.schema.JsonSchemaGenerator;
import com.evolvishub.cdc.planner.config.tree.ConfigNode;
import com.evolvishub.cdc.planner.config.tree.YamlTreeParser;
import com.evolvishub.cdc.planner.problem.PlanException;
import com.evolvishub.cdc.planner.problem.Problem;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import com.networknt.schema.ValidationMessage;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

class JsonSchemaGeneratorTest {

    private static final Path COMMITTED = Path.of("..", "docs", "schema", "multi-cdc.schema.json");
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final com.networknt.schema.JsonSchema SCHEMA =
            JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V7)
                    .getSchema(JsonSchemaGenerator.of(SpecReaderFixture.TYPES));

    @Test
    void committedSchemaIsUpToDate() {
        String schema = JsonSchemaGenerator.of(SpecReaderFixture.TYPES);
        if (System.getProperty("golden.update") != null) {
            SpecReaderFixture.write(COMMITTED, schema);
        }

        assertThat(SpecReaderFixture.text(COMMITTED)).isEqualTo(schema);
    }

    static Stream<String> goodFiles() {
        return Stream.concat(
                Stream.of("basic", "customer_views", "event_buses")
                        .map(name -> SpecReaderFixture.resource("/seed/" + name + ".yaml")),
                Stream.concat(
                        SpecReaderFixture.examples().stream().map(SpecReaderFixture::text),
                        Stream.of(SpecReaderFixture.resource("/every_key.yaml"))));
    }

    @ParameterizedTest
    @MethodSource("goodFiles")
    void acceptsEveryFileThatTheReaderAccepts(String file) {
        assertThat(SCHEMA.validate(json(file))).isEmpty();
    }

    static List<ProblemMessagesTest.Case> badFiles() {
        return ProblemMessagesTest.cases();
    }

    @ParameterizedTest
    @MethodSource("badFiles")
    void rejectsTheSameUnknownKeysAsTheReader(ProblemMessagesTest.Case badFile) {
        if (isTree(badFile.file())) {
            assertThat(unknownToSchema(json(badFile.file())))
                    .isEqualTo(unknownToReader(badFile.file()));
        }
    }

    private static boolean isTree(String file) {
        try {
            return YamlTreeParser.parse(file).orElseThrow() instanceof ConfigNode.Block;
        } catch (PlanException e) {
            return false;
        }
    }

    private static Set<String> unknownToSchema(JsonNode file) {
        Set<String> keys = new TreeSet<>();
        for (ValidationMessage message : SCHEMA.validate(file)) {
            if (message.getType().equals("additionalProperties")) {
                keys.add(message.getProperty());
            } else if (message.getType().equals("propertyNames")) {
                keys.add(message.getProperty());
            }
        }
        return keys;
    }

    private static Set<String> unknownToReader(String file) {
        Set<String> keys = new TreeSet<>();
        try {
            SpecReaderFixture.plain().read(file);
        } catch (PlanException e) {
            for (Problem problem : e.problems()) {
                String text = problem.message();
                if (text.startsWith("unknown key")
                        || text.startsWith("merge keys")
                        || text.startsWith("is a key of")
                        || text.startsWith("belongs ")
                        || text.startsWith("is not supported; write")) {
                    keys.add(problem.path().replaceAll("^.*[.\\[](?=.)|[\"\\]]", ""));
                }
            }
        }
        return keys;
    }

    private static JsonNode json(String yaml) {
        LoadSettings settings = LoadSettings.builder().setAllowDuplicateKeys(true).build();
        return JSON.valueToTree(new Load(settings).loadFromString(yaml));
    }
}
