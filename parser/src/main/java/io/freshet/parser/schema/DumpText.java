package io.freshet.parser.schema;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What pg_dump and psql write between statements. */
final class DumpText {
    /** {@code COPY .. FROM stdin;}, its rows, and the line that ends them. */
    private static final Pattern COPY_DATA = Pattern.compile("(?im)^COPY\\s[^;]*\\sFROM\\s+stdin[^;]*;[\\s\\S]*?^\\\\\\.$");
    /** {@code \connect}, {@code \restrict}. */
    private static final Pattern COMMAND = Pattern.compile("(?m)^\\\\\\w.*$");

    private DumpText() {
    }

    /** The same text with rows and psql's commands blanked, so that offsets and lines stay. */
    static String withoutData(String script) {
        return blank(COMMAND, blank(COPY_DATA, script));
    }

    private static String blank(Pattern pattern, String text) {
        Matcher matcher = pattern.matcher(text);
        return matcher.replaceAll(m -> m.group().replaceAll("[^\\n]", " "));
    }
}
