package dev.sallyport.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import com.networknt.schema.Schema;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import dev.sallyport.api.document.Documents;
import dev.sallyport.api.document.Kind;
import dev.sallyport.core.Configuration;
import dev.sallyport.core.attest.TrustProvider;
import dev.sallyport.core.directory.Agent;
import dev.sallyport.core.directory.Binding;
import dev.sallyport.core.directory.Target;
import dev.sallyport.core.directory.TokenRules;
import dev.sallyport.core.policy.Policy;
import dev.sallyport.store.Document;
import io.swagger.v3.parser.OpenAPIV3Parser;
import io.swagger.v3.parser.core.models.ParseOptions;
import io.swagger.v3.parser.core.models.SwaggerParseResult;
import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** The description is OpenAPI, its schemas have the fields of the documents, and its examples are real. */
class DescribedDocumentsTest {

    private static final JsonNode ROOT = ApiDescription.PACKED.root();
    private static final JsonNode SCHEMAS = ROOT.at("/components/schemas");

    @Test
    void the_description_is_openapi_3_1() {
        ParseOptions options = new ParseOptions();
        options.setResolve(false);
        SwaggerParseResult result = new OpenAPIV3Parser().readContents(ApiDescription.PACKED.text(), null, options);

        assertThat(result.getMessages()).isEmpty();
        assertThat(result.getOpenAPI().getOpenapi()).startsWith("3.1.");
        assertThat(result.getOpenAPI().getPaths().keySet())
                .containsExactlyInAnyOrderElementsOf(ROOT.get("paths").propertyNames());
    }

    @Test
    void every_reference_leads_somewhere() {
        assertThat(ROOT.findValues("$ref"))
                .isNotEmpty()
                .allSatisfy(
                        each -> assertThat(ROOT.at(each.asString().substring(1)).isMissingNode())
                                .as(each.asString())
                                .isFalse());
    }

    @Test
    void every_schema_is_json_schema() {
        Schema dialect = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                .getSchema(SchemaLocation.of("https://json-schema.org/draft/2020-12/schema"));
        List<JsonNode> schemas = new ArrayList<>(ROOT.findValues("schema"));
        SCHEMAS.forEach(schemas::add);

        assertThat(schemas)
                .allSatisfy(each ->
                        assertThat(dialect.validate(each)).as(each.toString()).isEmpty());
    }

    @Test
    void every_operation_has_an_id_of_its_own_and_says_which_token_it_wants() {
        List<JsonNode> operations = ApiDescription.PACKED.operations().stream()
                .map(ApiDescription.Operation::node)
                .toList();

        assertThat(operations)
                .extracting(each -> each.get("operationId").asString())
                .doesNotHaveDuplicates();
        assertThat(operations)
                .allSatisfy(each -> assertThat(each.has("security")).isTrue());
        assertThat(operations.stream()
                        .flatMap(each -> each.get("security").findValues("token").stream())
                        .flatMap(JsonNode::valueStream)
                        .map(JsonNode::asString))
                .isSubsetOf(ROOT.at("/components/securitySchemes/token/flows/clientCredentials/scopes")
                        .propertyNames());
    }

    static Stream<Arguments> records() {
        return Stream.of(
                Arguments.of("TrustProvider", TrustProvider.class),
                Arguments.of("KeySource", TrustProvider.Keys.class),
                Arguments.of("Agent", Agent.class),
                Arguments.of("Binding", Binding.class),
                Arguments.of("Target", Target.class),
                Arguments.of("TokenRules", TokenRules.class),
                Arguments.of("Policy", Policy.class),
                Arguments.of("Selector", Policy.Selector.class),
                Arguments.of("Grant", Policy.Grant.class),
                Arguments.of("Limit", Policy.Limit.class),
                Arguments.of("Bundle", Configuration.class));
    }

    @ParameterizedTest
    @MethodSource("records")
    void a_schema_has_the_fields_of_its_record_and_no_others(String schema, Class<? extends Record> type) {
        Set<String> described =
                new TreeSet<>(SCHEMAS.at("/" + schema + "/properties").propertyNames());
        described.removeAll(Set.of("status", "warnings", "warningsComplete"));

        assertThat(described)
                .containsExactlyInAnyOrderElementsOf(Arrays.stream(type.getRecordComponents())
                        .map(RecordComponent::getName)
                        .toList());
        assertThat(SCHEMAS.at("/" + schema + "/additionalProperties").asBoolean(true))
                .isFalse();
    }

    static Stream<Arguments> examples() {
        Stream<Arguments> ofSchemas = Stream.concat(SCHEMAS.valueStream(), ROOT.findValues("schema").stream())
                .filter(schema -> schema.has("examples"))
                .flatMap(schema -> schema.get("examples").valueStream().map(value -> Arguments.of(schema, value)));
        Stream<Arguments> ofMedia = ROOT.findParents("schema").stream()
                .flatMap(media -> Stream.concat(
                                Stream.ofNullable(media.get("example")),
                                media.path("examples").findValues("value").stream())
                        .map(value -> Arguments.of(media.get("schema"), value)));
        return Stream.concat(ofSchemas, ofMedia);
    }

    @ParameterizedTest
    @MethodSource("examples")
    void an_example_fits_its_schema(JsonNode schema, JsonNode example) {
        assertThat(DescribedSchemas.PACKED.problems(schema, example)).isEmpty();
    }

    @Test
    void the_examples_of_documents_are_written_as_the_broker_writes_them() {
        List<Document> examples = List.of(
                example("trust-provider", "TrustProvider"),
                example("agent", "Agent"),
                example("target", "Target"),
                example("policy", "Policy"));
        Configuration configuration = Kind.join(kind -> examples.stream()
                .filter(example -> example.kind().equals(kind.label()))
                .map(Documents::read)
                .toList());

        assertThat(trees(Documents.write(configuration))).isEqualTo(trees(examples));
        assertThatCode(() -> configuration.checkApartFrom("https://broker.example"))
                .doesNotThrowAnyException();
    }

    @Test
    void the_example_of_a_bundle_is_one(@TempDir Path directory) throws IOException {
        Path file = directory.resolve("bundle.json");
        Files.writeString(file, SCHEMAS.at("/Bundle/examples/0").toString());
        Configuration bundle = Documents.readBundle(file);
        assertThat(bundle.policies()).hasSize(1);

        JsonNode written = JsonMapper.shared()
                .readTree(Documents.write(bundle).stream()
                        .map(Document::json)
                        .collect(Collectors.joining(",", "[", "]")));
        assertThat(written)
                .allSatisfy(each -> assertThat(DescribedSchemas.PACKED.problems(SCHEMAS.get("Document"), each))
                        .isEmpty());
    }

    private static List<JsonNode> trees(List<Document> documents) {
        return documents.stream()
                .map(each -> JsonMapper.shared().readTree(each.json()))
                .toList();
    }

    private static Document example(String kind, String schema) {
        ObjectNode example = SCHEMAS.at("/" + schema + "/examples/0").deepCopy().asObject();
        example.remove("status");
        return new Document(kind, example.get("name").asString(), example.toString());
    }
}
