package io.freshet.parser.statement;

import io.freshet.errors.SourcePosition;
import io.freshet.parser.text.QualifiedName;
import io.freshet.parser.text.QueryText;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/** A statement about a stream table. */
public sealed interface StreamTableStatement {

    /** The stream table that it is about. */
    QualifiedName name();

    /**
     * {@code CREATE STREAM TABLE}.
     *
     * @param options by their names in lower case, in the order written
     */
    record Create(QualifiedName name, Map<String, Option> options, QueryText query,
            IfTaken ifTaken) implements StreamTableStatement {
        public Create {
            options = Collections.unmodifiableMap(new LinkedHashMap<>(options));
        }
    }

    /** {@code ALTER STREAM TABLE}. */
    record Alter(QualifiedName name, Change change) implements StreamTableStatement {
    }

    /** {@code DROP STREAM TABLE}. */
    record Drop(QualifiedName name, IfMissing ifMissing, Dependents dependents) implements StreamTableStatement {
    }

    /** {@code REFRESH STREAM TABLE}. */
    record Refresh(QualifiedName name) implements StreamTableStatement {
    }

    /** {@code EXPLAIN STREAM TABLE}: of one that exists. */
    record Explain(QualifiedName name, Format format) implements StreamTableStatement {
    }

    /** {@code EXPLAIN CREATE STREAM TABLE}: of one that need not exist. */
    record ExplainCreate(Create create, Format format) implements StreamTableStatement {
        @Override
        public QualifiedName name() {
            return create.name();
        }
    }

    /** A value of an option, as text: a word, a number or what was in quotes. */
    record Option(String value, SourcePosition position) {
    }

    /** What CREATE does when the name is taken: nothing was said, IF NOT EXISTS, OR REPLACE. */
    enum IfTaken {
        FAIL,
        KEEP,
        REPLACE
    }

    /** What DROP does when there is no such stream table: nothing was said, IF EXISTS. */
    enum IfMissing {
        FAIL,
        SKIP
    }

    /** What DROP does when others read the stream table: RESTRICT (also when nothing was said), CASCADE. */
    enum Dependents {
        RESTRICT,
        CASCADE
    }

    /** Of an explanation. */
    enum Format {
        TEXT,
        JSON
    }

    /** What ALTER changes. */
    sealed interface Change {

        /** {@code SET (..)}. */
        record Set(Map<String, Option> options) implements Change {
            public Set {
                options = Collections.unmodifiableMap(new LinkedHashMap<>(options));
            }
        }

        /** {@code PAUSE}. */
        record Pause() implements Change {
        }

        /** {@code RESUME}. */
        record Resume() implements Change {
        }

        /** {@code AS query}. */
        record Redefine(QueryText query) implements Change {
        }
    }
}
