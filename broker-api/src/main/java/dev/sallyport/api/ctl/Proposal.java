package dev.sallyport.api.ctl;

import dev.sallyport.api.document.Kind;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What the configuration is to become: the one in force with the documents of files in it.
 *
 * @param wanted the whole configuration
 * @param etag the one that it is based on
 */
record Proposal(ObjectNode wanted, String etag) {

    private static final String PATH = "/v1/configuration";
    private static final Pattern PLACE =
            Pattern.compile("(trustProviders|agents|targets|policies)\\[([0-9]{1,9})\\]\\.?(.*)");

    /**
     * Puts the documents into the configuration in force.
     *
     * @param prune whether documents that the files do not hold are removed
     */
    static Proposal of(Session session, DocumentFiles files, boolean prune) throws Failure {
        Answer current = session.get(PATH);
        ObjectNode wanted = JsonMapper.shared().createObjectNode();
        for (Kind kind : Kind.values()) {
            Map<String, JsonNode> documents = new LinkedHashMap<>();
            if (!prune) {
                current.json().path(kind.field()).forEach(each -> documents.put(Fields.text(each, "name"), each));
            }
            documents.putAll(files.of(kind));
            ArrayNode list = wanted.putArray(kind.field());
            documents.values().forEach(list::add);
        }
        return new Proposal(wanted, current.header("ETag").orElse("*"));
    }

    /** Has the broker check it, and store it unless that is all. The answer has the changes. */
    Answer put(Session session, boolean dryRun) throws Failure {
        Answer answer = session.attempt(
                dryRun ? PATH + "?dryRun=true" : PATH,
                request -> request.PUT(BodyPublishers.ofString(wanted.toString())),
                Map.of("If-Match", etag, "Content-Type", "application/json"));
        if (!answer.ok()) {
            throw named(answer);
        }
        return answer;
    }

    /** The broker counts documents in a list that only this program has seen: people know them by their names. */
    private Failure named(Answer refused) {
        Matcher place = PLACE.matcher(refused.json().path("field").asString(""));
        if (!place.matches()) {
            return Refusal.of(refused);
        }
        JsonNode document = wanted.path(place.group(1)).path(Integer.parseInt(place.group(2)));
        List<String> words = new ArrayList<>();
        words.add(place.group(1) + " " + Table.plain(Fields.text(document, "name")));
        if (!place.group(3).isEmpty()) {
            words.add(place.group(3));
        }
        words.add(Table.plain(Fields.text(refused.json(), "reason")));
        return Failure.badInput(String.join(": ", words));
    }
}
