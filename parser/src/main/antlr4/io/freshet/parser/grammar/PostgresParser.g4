/*
 * PostgreSQL 17's SELECT, after the manual (chapter "SQL Syntax" and the reference page SELECT).
 *
 * Two things keep prediction short. A parenthesis that can hold a query, an expression or a join is one rule which looks at the first word
 * inside; "((SELECT 1) UNION SELECT 2)" is an expression (or join) that turns out to be the first operand of a set operation (queryTail).
 * And lists, set operations and joins are loops, not recursion.
 *
 * What PostgreSQL says in words rather than rules (operators that do not associate, clauses given twice, ..) is checked where the tree is
 * built.
 */
parser grammar PostgresParser;

options {
    tokenVocab = PostgresLexer;
}

singleQuery: query EOF;

singleTypeName: typeName EOF;

// Queries

query
    : keywordQuery
    | parenthesizedQuery setOperation* queryOption*
    ;

// A query that does not begin with a parenthesis.
keywordQuery
    : withClause queryTerm setOperation* queryOption*
    | keywordTerm setOperation* queryOption*
    ;

// What makes a parenthesized query, already read as an expression or a join, the beginning of a larger one.
queryTail
    : setOperation+ queryOption*
    | queryOption+
    ;

queryTerm: keywordTerm | parenthesizedQuery;

parenthesizedQuery: OpenParen query CloseParen;

keywordTerm
    : SELECT selectQuantifier? selectList? intoClause? fromClause? whereClause? groupByClause? havingClause? windowClause? # SelectTerm
    | VALUES valuesRow ( Comma valuesRow )*                                                                          # ValuesTerm
    | TABLE relation                                                                                                 # TableTerm
    ;

setOperation: ( UNION | INTERSECT | EXCEPT ) ( ALL | DISTINCT )? queryTerm;

queryOption
    : ORDER BY sortItems                                                                # OrderOption
    | LIMIT ( ALL | expr )                                                              # LimitOption
    | OFFSET expr ( ROW | ROWS )?                                                       # OffsetOption
    | FETCH ( FIRST | NEXT ) fetchCount? ( ROW | ROWS ) ( ONLY | WITH TIES )            # FetchOption
    | FOR ( NO? KEY )? ( UPDATE | SHARE )
        ( identifierWord qualifiedName ( Comma qualifiedName )* )? ( NOWAIT | identifierWord LOCKED )? # LockingOption
    ;

// Without parentheses only a constant: FETCH FIRST n ROWS would otherwise be an expression followed by a name.
fetchCount: primary | ( Plus | Minus ) ( Integer | Numeral );

withClause: WITH RECURSIVE? commonTable ( Comma commonTable )*;

commonTable: name ( OpenParen names CloseParen )? AS ( NOT? MATERIALIZED )? OpenParen query CloseParen searchClause? cycleClause?;

searchClause: SEARCH ( DEPTH | BREADTH ) FIRST BY names SET name;

cycleClause: CYCLE names SET name ( TO expr DEFAULT expr )? USING name;

selectQuantifier: ALL | DISTINCT ( ON OpenParen exprs CloseParen )?;

selectList: selectItem ( Comma selectItem )*;

selectItem
    : Star
    | expr ( AS label | bareLabel )?
    ;

intoClause: INTO identifierWord* TABLE? qualifiedName;

valuesRow: OpenParen exprs CloseParen;

whereClause: WHERE expr;

havingClause: HAVING expr;

groupByClause: GROUP BY ( ALL | DISTINCT )? groupingItem ( Comma groupingItem )*;

groupingItem
    : OpenParen CloseParen                                                # EmptyGrouping
    | ROLLUP OpenParen exprs CloseParen                                   # Rollup
    | CUBE OpenParen exprs CloseParen                                     # Cube
    | GROUPING SETS OpenParen groupingItem ( Comma groupingItem )* CloseParen # GroupingSets
    | expr                                                                # ExprGrouping
    ;

sortItems: sortItem ( Comma sortItem )*;

sortItem: expr ( ASC | DESC | USING anyOperator )? ( NULLS ( FIRST | LAST ) )?;

// Windows

windowClause: WINDOW namedWindow ( Comma namedWindow )*;

namedWindow: name AS windowSpecification;

windowSpecification: OpenParen name? ( PARTITION BY exprs )? ( ORDER BY sortItems )? frame? CloseParen;

frame: ( RANGE | ROWS | GROUPS ) ( frameBound | BETWEEN frameBound AND frameBound ) ( EXCLUDE frameExclusion )?;

frameBound
    : UNBOUNDED ( PRECEDING | FOLLOWING )   # UnboundedBound
    | CURRENT ROW                           # CurrentRowBound
    | expr ( PRECEDING | FOLLOWING )        # OffsetBound
    ;

frameExclusion: CURRENT ROW | GROUP | TIES | NO OTHERS;

// FROM

fromClause: FROM fromItem ( Comma fromItem )*;

fromItem: fromPrimary join*;

join
    : CROSS JOIN fromPrimary                        # CrossJoin
    | NATURAL joinType? JOIN fromPrimary            # NaturalJoin
    | joinType? JOIN fromItem joinCondition         # QualifiedJoin
    ;

joinType: ( LEFT | RIGHT | FULL ) OUTER? | INNER;

joinCondition
    : ON expr
    | USING OpenParen names CloseParen ( AS name )?
    ;

fromPrimary
    : relation alias? sample?                                                  # RelationFrom
    | LATERAL? fromFunction ( WITH ORDINALITY )? functionAlias?                 # FunctionFrom
    | LATERAL? unsupportedCall alias?                                           # UnsupportedFrom
    | LATERAL? OpenParen keywordQuery CloseParen alias?                         # QueryFrom
    | LATERAL? OpenParen fromItem queryTail? CloseParen alias?                  # ParenthesizedFrom
    ;

relation
    : qualifiedName Star?
    | ONLY ( qualifiedName | OpenParen qualifiedName CloseParen )
    ;

sample: TABLESAMPLE functionName OpenParen exprs CloseParen ( REPEATABLE OpenParen expr CloseParen )?;

alias: AS? name ( OpenParen names CloseParen )?;

fromFunction
    : ROWS FROM OpenParen rowsFromItem ( Comma rowsFromItem )* CloseParen
    | plainFunction
    ;

rowsFromItem: plainFunction ( AS OpenParen columnDefinitions CloseParen )?;

functionAlias
    : alias
    | AS? name OpenParen columnDefinitions CloseParen
    | AS OpenParen columnDefinitions CloseParen
    ;

columnDefinitions: columnDefinition ( Comma columnDefinition )*;

columnDefinition: name typeName ( COLLATE qualifiedName )?;

// Expressions. The alternatives stand in the order of PostgreSQL's precedence table, the tightest first.

exprs: expr ( Comma expr )*;

expr
    : primary                                                                   # PrimaryExpr
    | expr TypeCast typeName                                                    # CastExpr
    | ( Plus | Minus ) expr                                                     # SignExpr
    | expr COLLATE qualifiedName                                                # CollateExpr
    | expr AT TIME ZONE expr                                                    # AtTimeZoneExpr
    | expr AT LOCAL                                                             # AtLocalExpr
    | expr Caret expr                                                           # InfixExpr
    | expr Caret quantified                                                     # QuantifiedExpr
    | expr ( Star | Slash | Percent ) expr                                      # InfixExpr
    | expr ( Star | Slash | Percent ) quantified                                # QuantifiedExpr
    | expr ( Plus | Minus ) expr                                                # InfixExpr
    | expr ( Plus | Minus ) quantified                                          # QuantifiedExpr
    | otherOperator expr                                                        # PrefixExpr
    | expr otherOperator expr                                                   # InfixExpr
    | expr otherOperator quantified                                             # QuantifiedExpr
    | expr ESCAPE expr                                                          # EscapeExpr
    | expr NOT? ( LIKE | ILIKE | SIMILAR TO ) expr                              # LikeExpr
    | expr NOT? BETWEEN ( SYMMETRIC | ASYMMETRIC )? restrictedExpr AND expr     # BetweenExpr
    | expr NOT? ( LIKE | ILIKE ) quantified                                     # QuantifiedExpr
    | expr NOT? IN inOperand                                                    # InExpr
    | expr comparison expr                                                      # ComparisonExpr
    | expr comparison quantified                                                # QuantifiedExpr
    | expr IS NOT? DISTINCT FROM expr                                           # DistinctFromExpr
    | expr IS NOT? test                                                         # TestExpr
    | expr ( ISNULL | NOTNULL )                                                 # TestExpr
    | NOT expr                                                                  # NotExpr
    | expr AND expr                                                             # AndExpr
    | expr OR expr                                                              # OrExpr
    ;

// What may stand where AND, IN or a test would be taken for something else.
restrictedExpr
    : primary                                                                   # RestrictedPrimary
    | restrictedExpr TypeCast typeName                                          # RestrictedCast
    | ( Plus | Minus ) restrictedExpr                                           # RestrictedSign
    | restrictedExpr Caret restrictedExpr                                       # RestrictedInfix
    | restrictedExpr ( Star | Slash | Percent ) restrictedExpr                  # RestrictedInfix
    | restrictedExpr ( Plus | Minus ) restrictedExpr                            # RestrictedInfix
    | otherOperator restrictedExpr                                              # RestrictedPrefix
    | restrictedExpr otherOperator restrictedExpr                               # RestrictedInfix
    | restrictedExpr comparison restrictedExpr                                  # RestrictedComparison
    | restrictedExpr IS NOT? DISTINCT FROM restrictedExpr                       # RestrictedDistinctFrom
    ;

comparison: Less | Greater | Equal | LessEqual | GreaterEqual | NotEqual;

otherOperator
    : Operator
    | OPERATOR OpenParen ( name Dot )* operatorSymbol CloseParen
    ;

anyOperator: operatorSymbol | OPERATOR OpenParen ( name Dot )* operatorSymbol CloseParen;

operatorSymbol
    : Operator | Plus | Minus | Star | Slash | Percent | Caret | Less | Greater | Equal | LessEqual | GreaterEqual | NotEqual
    ;

quantified: ( ANY | SOME | ALL ) OpenParen ( keywordQuery | expr queryTail? ) CloseParen;

inOperand: OpenParen ( keywordQuery | expr ( queryTail | ( Comma expr )+ )? ) CloseParen;

test
    : NULL
    | TRUE
    | FALSE
    | UNKNOWN
    | DOCUMENT
    | normalForm? NORMALIZED
    | JSON ( VALUE | OBJECT | ARRAY | SCALAR )? ( ( WITH | WITHOUT ) UNIQUE KEYS? )?
    ;

normalForm: NFC | NFD | NFKC | NFKD;

primary
    : literal                                                                   # LiteralPrimary
    | typedLiteral                                                              # TypedLiteralPrimary
    | functionName string                                                       # NamedTypeLiteralPrimary
    | Parameter                                                                 # ParameterPrimary
    | OpenParen keywordQuery CloseParen indirection*                            # QueryPrimary
    | OpenParen expr ( queryTail | ( Comma expr )+ )? CloseParen ( indirection+ | OVERLAPS row )? # ParenthesizedPrimary
    | ROW OpenParen exprs? CloseParen ( OVERLAPS row )?                         # RowPrimary
    | CASE expr? caseWhen+ ( ELSE expr )? END                                   # CasePrimary
    | EXISTS OpenParen query CloseParen                                         # ExistsPrimary
    | UNIQUE OpenParen query CloseParen                                         # UniquePrimary
    | ARRAY OpenParen query CloseParen                                          # ArrayQueryPrimary
    | ARRAY arrayElements                                                       # ArrayPrimary
    | GROUPING OpenParen exprs CloseParen                                       # GroupingPrimary
    | functionCall ( string | aggregateSuffix )                                 # FunctionPrimary
    | specialFunction                                                           # SpecialFunctionPrimary
    | unsupportedCall aggregateSuffix                                           # UnsupportedPrimary
    | columnReference                                                           # ColumnPrimary
    ;

row
    : ROW OpenParen exprs? CloseParen
    | OpenParen expr ( Comma expr )+ CloseParen
    ;

caseWhen: WHEN expr THEN expr;

arrayElements: OpenBracket ( exprs | arrayElements ( Comma arrayElements )* )? CloseBracket;

columnReference: name indirection*;

indirection
    : Dot label
    | Dot Star
    | OpenBracket expr CloseBracket
    | OpenBracket lower = expr? Colon upper = expr? CloseBracket
    ;

// Functions

plainFunction
    : functionCall
    | specialFunction
    ;

functionCall: functionName OpenParen ( Star | arguments )? CloseParen;

arguments: ( ALL | DISTINCT )? argument ( Comma argument )* ( ORDER BY sortItems )?;

argument
    : typeOrFunctionWord ( EqualGreater | ColonEqual ) expr
    | VARIADIC? expr
    ;

aggregateSuffix: ( WITHIN GROUP OpenParen ORDER BY sortItems CloseParen )? ( FILTER OpenParen WHERE expr CloseParen )? over?;

over: OVER ( windowSpecification | name );

specialFunction
    : valueFunction                                                                                     # NiladicFunction
    | CAST OpenParen expr AS typeName CloseParen                                                        # CastFunction
    | COALESCE OpenParen exprs CloseParen                                                               # CoalesceFunction
    | NULLIF OpenParen expr Comma expr CloseParen                                                       # NullifFunction
    | GREATEST OpenParen exprs CloseParen                                                               # GreatestFunction
    | LEAST OpenParen exprs CloseParen                                                                  # LeastFunction
    | EXTRACT OpenParen extractField FROM expr CloseParen                                               # ExtractFunction
    | POSITION OpenParen restrictedExpr IN restrictedExpr CloseParen                                    # PositionFunction
    | SUBSTRING OpenParen ( expr ( substringPart+ | ( Comma expr )* ) )? CloseParen                     # SubstringFunction
    | OVERLAY OpenParen ( expr ( overlayPart | ( Comma expr )* ) )? CloseParen                          # OverlayFunction
    | TRIM OpenParen ( BOTH | LEADING | TRAILING )? ( FROM exprs | expr ( FROM exprs | ( Comma expr )* ) ) CloseParen # TrimFunction
    | COLLATION FOR OpenParen expr CloseParen                                                           # CollationFunction
    | NORMALIZE OpenParen expr ( Comma normalForm )? CloseParen                                         # NormalizeFunction
    ;

valueFunction
    : CURRENT_DATE | CURRENT_ROLE | CURRENT_USER | SESSION_USER | SYSTEM_USER | USER | CURRENT_CATALOG | CURRENT_SCHEMA
    | ( CURRENT_TIME | CURRENT_TIMESTAMP | LOCALTIME | LOCALTIMESTAMP ) ( OpenParen Integer CloseParen )?
    ;

extractField: identifierWord | string;

substringPart: ( FROM | FOR | SIMILAR ) expr;

overlayPart: PLACING expr FROM expr ( FOR expr )?;

// Special syntax of SQL/JSON and SQL/XML: recognised so that it can be refused by its name.
unsupportedCall
    : ( JSON | JSON_ARRAY | JSON_ARRAYAGG | JSON_EXISTS | JSON_OBJECT | JSON_OBJECTAGG | JSON_QUERY | JSON_SCALAR | JSON_SERIALIZE | JSON_TABLE
      | JSON_VALUE | MERGE_ACTION | TREAT | XMLCONCAT | XMLELEMENT | XMLEXISTS | XMLFOREST | XMLPARSE | XMLPI | XMLROOT | XMLSERIALIZE
      | XMLTABLE ) anythingInParentheses
    ;

anythingInParentheses: OpenParen ( ~( OpenParen | CloseParen ) | anythingInParentheses )* CloseParen;

// Literals and types

literal: string | BitString | HexString | NationalString | Integer | Numeral | TRUE | FALSE | NULL;

string: String | EscapeString | DollarString | UnicodeString ( UESCAPE String )?;

typedLiteral
    : INTERVAL ( OpenParen Integer CloseParen )? string intervalFields?
    | keywordType string
    ;

typeName: SETOF? ( keywordType | INTERVAL ( OpenParen Integer CloseParen | intervalFields )? | genericType ) arrayBounds?;

genericType: typeOrFunctionWord ( Dot label )* typeModifiers?;

typeModifiers: OpenParen exprs CloseParen;

arrayBounds
    : ARRAY ( OpenBracket Integer CloseBracket )?
    | ( OpenBracket Integer? CloseBracket )+
    ;

keywordType
    : ( INT | INTEGER | SMALLINT | BIGINT | REAL | BOOLEAN | JSON )
    | FLOAT ( OpenParen Integer CloseParen )?
    | DOUBLE PRECISION
    | ( DECIMAL | DEC | NUMERIC ) typeModifiers?
    | BIT VARYING? typeModifiers?
    | ( NATIONAL? ( CHARACTER | CHAR ) VARYING? | NCHAR VARYING? | VARCHAR ) ( OpenParen Integer CloseParen )?
    | ( TIMESTAMP | TIME ) ( OpenParen Integer CloseParen )? ( ( WITH | WITHOUT ) TIME ZONE )?
    ;

intervalFields
    : YEAR ( TO MONTH )?
    | MONTH
    | DAY ( TO ( HOUR | MINUTE | intervalSecond ) )?
    | HOUR ( TO ( MINUTE | intervalSecond ) )?
    | MINUTE ( TO intervalSecond )?
    | intervalSecond
    ;

intervalSecond: SECOND ( OpenParen Integer CloseParen )?;

// Names

names: name ( Comma name )*;

qualifiedName: name ( Dot label )*;

functionName
    : typeOrFunctionWord
    | name ( Dot label )+
    ;

// A column, a table, an alias.
name: identifier | unreservedKeyword | columnNameKeyword;

// A function or a type.
typeOrFunctionWord: identifier | unreservedKeyword | typeFunctionKeyword;

// After AS or a dot.
label: identifier | unreservedKeyword | columnNameKeyword | typeFunctionKeyword | reservedKeyword;

// An alias without AS.
bareLabel: identifier | bareUnreservedKeyword | bareColumnNameKeyword | bareTypeFunctionKeyword | bareReservedKeyword;

// A word with a meaning of its own, where no keyword is meant.
identifierWord: identifier | unreservedKeyword;

identifier: Identifier | QuotedIdentifier | QuotedUnicodeIdentifier ( UESCAPE String )?;

// Keywords by category; the ones that need AS before them as a label stand apart.

unreservedKeyword
    : bareUnreservedKeyword
    | DAY | FILTER | HOUR | MINUTE | MONTH | OVER | SECOND | VARYING | WITHIN | WITHOUT | YEAR
    ;

bareUnreservedKeyword
    : AT | BREADTH | BY | CUBE | CURRENT | CYCLE | DEPTH | DOCUMENT | DOUBLE | ESCAPE | EXCLUDE | FIRST | FOLLOWING | GROUPS | KEY | KEYS
    | LAST | LOCAL | LOCKED | MATERIALIZED | NEXT | NFC | NFD | NFKC | NFKD | NO | NORMALIZED | NOWAIT | NULLS | OBJECT | OPERATOR
    | ORDINALITY | OTHERS | PARTITION | PRECEDING | RANGE | RECURSIVE | REPEATABLE | ROLLUP | ROWS | SCALAR | SEARCH | SET | SETS | SHARE
    | TIES | UESCAPE | UNBOUNDED | UNKNOWN | UPDATE | VALUE | ZONE
    ;

columnNameKeyword
    : bareColumnNameKeyword
    | CHAR | CHARACTER | PRECISION
    ;

bareColumnNameKeyword
    : BETWEEN | BIGINT | BIT | BOOLEAN | COALESCE | DEC | DECIMAL | EXISTS | EXTRACT | FLOAT | GREATEST | GROUPING | INOUT | INT | INTEGER
    | INTERVAL | JSON | JSON_ARRAY | JSON_ARRAYAGG | JSON_EXISTS | JSON_OBJECT | JSON_OBJECTAGG | JSON_QUERY | JSON_SCALAR | JSON_SERIALIZE
    | JSON_TABLE | JSON_VALUE | LEAST | MERGE_ACTION | NATIONAL | NCHAR | NONE | NORMALIZE | NULLIF | NUMERIC | OUT | OVERLAY | POSITION
    | REAL | ROW | SETOF | SMALLINT | SUBSTRING | TIME | TIMESTAMP | TREAT | TRIM | VALUES | VARCHAR | XMLATTRIBUTES | XMLCONCAT
    | XMLELEMENT | XMLEXISTS | XMLFOREST | XMLNAMESPACES | XMLPARSE | XMLPI | XMLROOT | XMLSERIALIZE | XMLTABLE
    ;

typeFunctionKeyword
    : bareTypeFunctionKeyword
    | ISNULL | NOTNULL | OVERLAPS
    ;

bareTypeFunctionKeyword
    : AUTHORIZATION | BINARY | COLLATION | CONCURRENTLY | CROSS | CURRENT_SCHEMA | FREEZE | FULL | ILIKE | INNER | IS | JOIN | LEFT | LIKE
    | NATURAL | OUTER | RIGHT | SIMILAR | TABLESAMPLE | VERBOSE
    ;

reservedKeyword
    : bareReservedKeyword
    | ARRAY | AS | CREATE | EXCEPT | FETCH | FOR | FROM | GRANT | GROUP | HAVING | INTERSECT | INTO | LIMIT | OFFSET | ON | ORDER
    | RETURNING | TO | UNION | WHERE | WINDOW | WITH
    ;

bareReservedKeyword
    : ALL | ANALYSE | ANALYZE | AND | ANY | ASC | ASYMMETRIC | BOTH | CASE | CAST | CHECK | COLLATE | COLUMN | CONSTRAINT | CURRENT_CATALOG
    | CURRENT_DATE | CURRENT_ROLE | CURRENT_TIME | CURRENT_TIMESTAMP | CURRENT_USER | DEFAULT | DEFERRABLE | DESC | DISTINCT | DO | ELSE
    | END | FALSE | FOREIGN | IN | INITIALLY | LATERAL | LEADING | LOCALTIME | LOCALTIMESTAMP | NOT | NULL | ONLY | OR | PLACING | PRIMARY
    | REFERENCES | SELECT | SESSION_USER | SOME | SYMMETRIC | SYSTEM_USER | TABLE | THEN | TRAILING | TRUE | UNIQUE | USER | USING
    | VARIADIC | WHEN
    ;
