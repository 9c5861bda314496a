package io.freshet.runtime.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** How results are written. */
final class OutputOptions {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** Text is for people and may change; JSON is stable, one object per result. */
    enum Format {
        TEXT,
        JSON;

        /** As users write it. */
        String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    @Option(names = "--format", paramLabel = "FORMAT", defaultValue = "text", description = {
            "text, for people, which may change, or json, one object, which is stable. Default: ${DEFAULT-VALUE}."})
    private Format format = Format.TEXT;

    @Spec(Spec.Target.MIXEE)
    @SuppressWarnings("NullAway.Init")
    private CommandSpec command;

    /** Writes a result in the format that was asked for. */
    void print(Map<String, ?> json, Supplier<String> text) {
        command.commandLine().getOut().println(switch (format) {
            case TEXT -> text.get().stripTrailing();
            case JSON -> json(json);
        });
    }

    Format format() {
        return format;
    }

    static String json(Map<String, ?> object) {
        try {
            return JSON.writeValueAsString(object);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Whether the command line asks for JSON, even where it could not be read to its end. */
    static boolean isJson(CommandLine command) {
        return command.getCommandSpec().mixins().values().stream().map(CommandSpec::userObject)
                .anyMatch(o -> o instanceof OutputOptions options && options.format == Format.JSON);
    }
}
