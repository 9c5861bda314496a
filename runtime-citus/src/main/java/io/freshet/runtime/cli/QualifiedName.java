package io.freshet.runtime.cli;

import io.freshet.errors.ErrorCode;
import io.freshet.errors.FreshetException;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A name as users write it in SQL: one or two identifiers, folded to lower case unless they are quoted. */
final class QualifiedName {
    private static final String IDENTIFIER = "([\\p{L}_][\\p{L}\\p{N}_$]*|\"(?:[^\"]|\"\")+\")";
    private static final Pattern NAME = Pattern.compile("\\s*(?:" + IDENTIFIER + "\\s*\\.\\s*)?" + IDENTIFIER + "\\s*");

    private QualifiedName() {
    }

    /**
     * The identifiers, without quotes.
     *
     * @throws FreshetException INVALID_OPTION
     */
    static List<String> parse(String text) {
        Matcher matcher = NAME.matcher(text);
        if (!matcher.matches()) {
            throw FreshetException.of(ErrorCode.INVALID_OPTION, "'" + text + "' is not the name of a table")
                    .withHint("Write name or schema.name, with double quotes around what is not plain lower case.");
        }
        String last = unquoted(matcher.group(2));
        return matcher.group(1) == null ? List.of(last) : List.of(unquoted(matcher.group(1)), last);
    }

    private static String unquoted(String identifier) {
        return identifier.startsWith("\"")
                ? identifier.substring(1, identifier.length() - 1).replace("\"\"", "\"")
                : identifier.toLowerCase(Locale.ROOT);
    }
}
