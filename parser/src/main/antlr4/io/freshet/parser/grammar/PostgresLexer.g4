/*
 * The words of PostgreSQL 17's SQL, after the manual's chapter "Lexical Structure".
 *
 * Keywords are tokens in capitals, listed below by PostgreSQL's categories (appendix "SQL Key Words"); an identifier that spells one becomes
 * it in PostgresLexerBase. Unreserved keywords that no rule mentions are left out: they are plain identifiers.
 */
lexer grammar PostgresLexer;

options {
    superClass = PostgresLexerBase;
}

tokens {
    // Reserved.
    ALL, ANALYSE, ANALYZE, AND, ANY, ARRAY, AS, ASC, ASYMMETRIC, BOTH, CASE, CAST, CHECK, COLLATE, COLUMN, CONSTRAINT, CREATE,
    CURRENT_CATALOG, CURRENT_DATE, CURRENT_ROLE, CURRENT_TIME, CURRENT_TIMESTAMP, CURRENT_USER, DEFAULT, DEFERRABLE, DESC, DISTINCT, DO,
    ELSE, END, EXCEPT, FALSE, FETCH, FOR, FOREIGN, FROM, GRANT, GROUP, HAVING, IN, INITIALLY, INTERSECT, INTO, LATERAL, LEADING, LIMIT,
    LOCALTIME, LOCALTIMESTAMP, NOT, NULL, OFFSET, ON, ONLY, OR, ORDER, PLACING, PRIMARY, REFERENCES, RETURNING, SELECT, SESSION_USER, SOME,
    SYMMETRIC, SYSTEM_USER, TABLE, THEN, TO, TRAILING, TRUE, UNION, UNIQUE, USER, USING, VARIADIC, WHEN, WHERE, WINDOW, WITH,

    // Names of columns and tables, but not of functions and types.
    BETWEEN, BIGINT, BIT, BOOLEAN, CHAR, CHARACTER, COALESCE, DEC, DECIMAL, EXISTS, EXTRACT, FLOAT, GREATEST, GROUPING, INOUT, INT, INTEGER,
    INTERVAL, JSON, JSON_ARRAY, JSON_ARRAYAGG, JSON_EXISTS, JSON_OBJECT, JSON_OBJECTAGG, JSON_QUERY, JSON_SCALAR, JSON_SERIALIZE,
    JSON_TABLE, JSON_VALUE, LEAST, MERGE_ACTION, NATIONAL, NCHAR, NONE, NORMALIZE, NULLIF, NUMERIC, OUT, OVERLAY, POSITION, PRECISION, REAL,
    ROW, SETOF, SMALLINT, SUBSTRING, TIME, TIMESTAMP, TREAT, TRIM, VALUES, VARCHAR, XMLATTRIBUTES, XMLCONCAT, XMLELEMENT, XMLEXISTS,
    XMLFOREST, XMLNAMESPACES, XMLPARSE, XMLPI, XMLROOT, XMLSERIALIZE, XMLTABLE,

    // Names of functions and types, but not of columns and tables.
    AUTHORIZATION, BINARY, COLLATION, CONCURRENTLY, CROSS, CURRENT_SCHEMA, FREEZE, FULL, ILIKE, INNER, IS, ISNULL, JOIN, LEFT, LIKE, NATURAL,
    NOTNULL, OUTER, OVERLAPS, RIGHT, SIMILAR, TABLESAMPLE, VERBOSE,

    // Unreserved.
    AT, BREADTH, BY, CUBE, CURRENT, CYCLE, DAY, DEPTH, DOCUMENT, DOUBLE, ESCAPE, EXCLUDE, FILTER, FIRST, FOLLOWING, GROUPS, HOUR, KEY, KEYS,
    LAST, LOCAL, LOCKED, MATERIALIZED, MINUTE, MONTH, NEXT, NFC, NFD, NFKC, NFKD, NO, NORMALIZED, NOWAIT, NULLS, OBJECT, OPERATOR,
    ORDINALITY, OTHERS, OVER, PARTITION, PRECEDING, RANGE, RECURSIVE, REPEATABLE, ROLLUP, ROWS, SCALAR, SEARCH, SECOND, SET, SETS, SHARE,
    TIES, UESCAPE, UNBOUNDED, UNKNOWN, UPDATE, VALUE, VARYING, WITHIN, WITHOUT, YEAR, ZONE,

    // What an operator can turn out to be (PostgresLexerBase.operator).
    Plus, Minus, Star, Slash, Percent, Caret, Less, Greater, Equal, LessEqual, GreaterEqual, NotEqual, EqualGreater,

    UnicodeIdentifier, DollarString
}

// Space and comments

Space: [ \t\n\r\f\u000B]+ -> channel(HIDDEN);

LineComment: '--' ~[\r\n]* -> channel(HIDDEN);

// Comments nest, and end before an operator would: the base class finds the end.
BlockComment: '/*' OperatorChar* { blockComment(); } -> channel(HIDDEN);

// Names

Identifier: NameStart NamePart* { keyword(); };

QuotedIdentifier: '"' ( ~["\u0000] | '""' )* '"';

QuotedUnicodeIdentifier: [uU] '&"' ( ~["\u0000] | '""' )* '"';

// Strings. Parts that are separated by space with a newline in it are one string.

String: StringPart ( Continuation StringPart )*;

EscapeString: [eE] EscapePart ( Continuation EscapePart )*;

UnicodeString: [uU] '&' StringPart ( Continuation StringPart )*;

NationalString: [nN] StringPart ( Continuation StringPart )*;

BitString: [bB] StringPart ( Continuation StringPart )*;

HexString: [xX] StringPart ( Continuation StringPart )*;

// The base class finds the end, the same delimiter.
DollarQuote: '$' ( TagStart TagPart* )? '$' { dollarString(); } -> type(DollarString);

UnterminatedString: ( [eEnNbBxX] | [uU] '&' )? '\'' { unterminated("quoted string"); };

UnterminatedIdentifier: ( [uU] '&' )? '"' { unterminated("quoted identifier"); };

// Numbers

Integer
    : Decimal
    | '0' [xX] ( '_'? [0-9a-fA-F] )+
    | '0' [oO] ( '_'? [0-7] )+
    | '0' [bB] ( '_'? [01] )+
    ;

Numeral: ( Decimal '.' Decimal? | '.' Decimal | Decimal ) ( [eE] [+-]? Decimal )?;

NumeralJunk: ( Decimal | Decimal '.' Decimal? | '.' Decimal ) ( [eE] [+-]? Decimal )? NameStart NamePart* { junk("numeric literal"); };

Parameter: '$' [0-9]+;

// Punctuation and operators

Comma: ',';
OpenParen: '(';
CloseParen: ')';
OpenBracket: '[';
CloseBracket: ']';
Dot: '.';
Semicolon: ';';
Colon: ':';
ColonEqual: ':=';
TypeCast: '::';

Operator: OperatorChar+ { operator(); };

Unknown: .;

fragment OperatorChar: [~!@#^&|`?+\-*/%<>=];

fragment NameStart: [a-zA-Z_\u0080-\uFFFF];

fragment NamePart: [a-zA-Z_0-9$\u0080-\uFFFF];

fragment TagStart: [a-zA-Z_\u0080-\uFFFF];

fragment TagPart: [a-zA-Z_0-9\u0080-\uFFFF];

fragment Decimal: [0-9] ( '_'? [0-9] )*;

fragment StringPart: '\'' ( ~'\'' | '\'\'' )* '\'';

fragment EscapePart: '\'' ( ~['\\] | '\'\'' | '\\' . )* '\'';

fragment Continuation: ( [ \t\f\u000B] | '--' ~[\r\n]* )* [\r\n] ( [ \t\n\r\f\u000B] | '--' ~[\r\n]* [\r\n] )*;
