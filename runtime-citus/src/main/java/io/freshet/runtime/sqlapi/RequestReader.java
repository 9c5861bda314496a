package io.freshet.runtime.sqlapi;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.freshet.errors.ErrorCode;
import io.freshet.errors.FreshetException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** Reads what {@code pgt_mailbox_send()} writes. The signature has been checked: the form can be relied on, the arguments cannot. */
final class RequestReader {
    private static final ObjectMapper JSON = new ObjectMapper();

    private RequestReader() {
    }

    static Envelope envelope(byte[] body) throws IOException {
        JsonNode root = JSON.readTree(body);
        return new Envelope(UUID.fromString(root.get("request").asText()), UUID.fromString(root.get("incarnation").asText()),
                root.get("kind").asText(), root.get("arguments"), root.get("role").asText(), strings(root.get("searchPath")),
                root.get("sentAt").asText());
    }

    /** @throws FreshetException INVALID_OPTION, EMPTY_QUERY */
    static Request request(Envelope envelope) {
        JsonNode arguments = envelope.arguments();
        List<String> name = strings(arguments.path("name"));
        return switch (envelope.kind()) {
            case "create" -> create(name, arguments, Request.WhenTaken.REFUSE);
            case "create_if_not_exists" -> create(name, arguments, Request.WhenTaken.KEEP);
            case "drop" -> new Request.Drop(name,
                    flag(arguments, "cascade") ? Request.Dependents.DROP : Request.Dependents.REFUSE);
            case "refresh" -> new Request.Refresh(name);
            case "verify" -> new Request.Verify(name);
            case "explain" -> new Request.Explain(name, text(arguments, "format"));
            default ->
                throw FreshetException.of(ErrorCode.INVALID_OPTION, "this daemon knows no request '" + envelope.kind() + "'");
        };
    }

    private static Request create(List<String> name, JsonNode arguments, Request.WhenTaken whenTaken) {
        String query = optional(arguments, "query")
                .orElseThrow(() -> FreshetException.of(ErrorCode.EMPTY_QUERY, "the query is NULL"));
        return new Request.Create(name, query, text(arguments, "schedule"), text(arguments, "refreshMode"),
                lying(arguments),
                flag(arguments, "initialize") ? Request.Filling.AT_ONCE : Request.Filling.LATER, whenTaken,
                settings(arguments.path("settings")));
    }

    private static Request.Lying lying(JsonNode arguments) {
        JsonNode table = arguments.path("colocateWith");
        return new Request.Lying(optional(arguments, "distributionColumn"),
                table.isArray() ? Optional.of(strings(table)) : Optional.empty(), optional(arguments, "placement"));
    }

    private static Map<String, String> settings(JsonNode object) {
        Map<String, String> settings = new HashMap<>();
        object.properties().forEach(setting -> settings.put(setting.getKey(), setting.getValue().asText()));
        return settings;
    }

    private static Optional<String> optional(JsonNode arguments, String field) {
        JsonNode value = arguments.path(field);
        return value.isNull() || value.isMissingNode() ? Optional.empty() : Optional.of(value.asText());
    }

    private static String text(JsonNode arguments, String field) {
        return optional(arguments, field).orElseThrow(() -> isNull(field));
    }

    private static boolean flag(JsonNode arguments, String field) {
        if (!arguments.path(field).isBoolean()) {
            throw isNull(field);
        }
        return arguments.path(field).booleanValue();
    }

    private static FreshetException isNull(String field) {
        String option = field.replaceAll("([A-Z])", "_$1").toLowerCase(java.util.Locale.ROOT);
        return FreshetException.of(ErrorCode.INVALID_OPTION, option + " is NULL").withHint("Leave it out to have its default.");
    }

    private static List<String> strings(JsonNode array) {
        List<String> strings = new ArrayList<>();
        array.forEach(element -> strings.add(element.asText()));
        return List.copyOf(strings);
    }
}
