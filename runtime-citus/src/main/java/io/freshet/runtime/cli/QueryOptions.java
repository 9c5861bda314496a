package io.freshet.runtime.cli;

import io.freshet.errors.ErrorCode;
import io.freshet.errors.FreshetException;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** The query of a stream table: in a file, or on the command line. */
final class QueryOptions {
    @Option(names = "--query", paramLabel = "FILE", required = true, description = "The file that holds the query; - for standard input.")
    private String file = "";
    @Option(names = "--sql", paramLabel = "TEXT", required = true, description = "The query itself.")
    private String sql = "";

    boolean isGiven() {
        return !file.isEmpty() || !sql.isEmpty();
    }

    String text() throws IOException {
        return file.isEmpty() ? sql : read(file);
    }

    /** @throws FreshetException INVALID_OPTION when the file is not there or cannot be read as text */
    static String read(String file) throws IOException {
        if (file.equals("-")) {
            return new String(System.in.readAllBytes(), StandardCharsets.UTF_8);
        }
        try {
            return Files.readString(Path.of(file));
        } catch (NoSuchFileException e) {
            throw FreshetException.of(ErrorCode.INVALID_OPTION, "there is no file " + file).causedBy(e);
        } catch (CharacterCodingException e) {
            throw FreshetException.of(ErrorCode.INVALID_OPTION, file + " is not text in UTF-8").causedBy(e);
        } catch (IOException e) {
            throw FreshetException.of(ErrorCode.INVALID_OPTION, "cannot read " + file + ": " + e.getMessage()).causedBy(e);
        }
    }
}
