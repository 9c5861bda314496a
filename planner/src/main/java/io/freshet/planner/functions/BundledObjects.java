package io.freshet.planner.functions;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;

/**
 * The objects of a plain PostgreSQL 17, for a schema that is described offline. The resource holds the rows of {@link CatalogQueries}: a
 * line with the query's name, then its rows, values separated by tabs. It is made by a test with {@code -Dfreshet.accept}.
 */
public final class BundledObjects {
    static final String RESOURCE = "postgresql-17.tsv.gz";
    private static final String SECTION = "#";

    private BundledObjects() {
    }

    /** The same instance for every caller. */
    public static ServerObjects postgres17() {
        return Holder.OBJECTS;
    }

    private static final class Holder {
        static final ServerObjects OBJECTS = CatalogRows.read(bundledRows());
    }

    private static Map<CatalogQueries, List<List<String>>> bundledRows() {
        try (InputStream resource = BundledObjects.class.getResourceAsStream(RESOURCE)) {
            if (resource == null) {
                throw new IllegalStateException("the resource " + RESOURCE + " is missing");
            }
            return read(resource);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Map<CatalogQueries, List<List<String>>> read(InputStream compressed) throws IOException {
        Map<CatalogQueries, List<List<String>>> rows = new EnumMap<>(CatalogQueries.class);
        try (BufferedReader lines = new BufferedReader(
                new InputStreamReader(new GZIPInputStream(compressed), StandardCharsets.UTF_8))) {
            List<List<String>> section = new ArrayList<>();
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.startsWith(SECTION)) {
                    section = new ArrayList<>();
                    rows.put(CatalogQueries.valueOf(line.substring(SECTION.length())), section);
                } else {
                    section.add(Arrays.asList(line.split("\t", -1)));
                }
            }
        }
        return rows;
    }

    /** Writes the resource. PostgreSQL's own objects have neither tabs nor line ends in their names. */
    static void write(Map<CatalogQueries, List<List<String>>> rows, OutputStream target) throws IOException {
        try (Writer writer = new OutputStreamWriter(new GZIPOutputStream(target), StandardCharsets.UTF_8)) {
            for (Map.Entry<CatalogQueries, List<List<String>>> section : rows.entrySet()) {
                writer.write(SECTION + section.getKey() + "\n");
                for (List<String> row : section.getValue()) {
                    writer.write(String.join("\t", row) + "\n");
                }
            }
        }
    }
}
