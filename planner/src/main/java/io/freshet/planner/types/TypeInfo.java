package io.freshet.planner.types;

/**
 * A row of PostgreSQL's {@code pg_type}.
 *
 * @param qualifiedName as SQL text reads it: {@code numeric}, {@code public.mood}, with quotes where it needs them
 * @param category {@code typcategory}: N numeric, S string, D date and time, B boolean, A array, ..
 * @param preferred whether it is its category's preferred type
 * @param element the element type's oid of a true array, else 0
 * @param array the oid of the type of its arrays, or 0
 * @param base the base type's oid of a domain, the subtype's of a range, the range's of a multirange; else 0
 * @param baseModifier the base type's modifier in a domain, else -1
 * @param operatorClasses which default operator classes there are for exactly this type
 */
public record TypeInfo(int oid, String schema, String name, String qualifiedName, Kind kind, char category, boolean preferred,
        int element, int array, int base, int baseModifier, OperatorClasses operatorClasses) {

    /** {@code typtype}, with the true arrays told apart from the other base types. */
    public enum Kind {
        BASE,
        ARRAY,
        COMPOSITE,
        DOMAIN,
        ENUM,
        PSEUDO,
        RANGE,
        MULTIRANGE
    }

    /** Whether values can be hashed, and whether they can be ordered; either gives equality. */
    public record OperatorClasses(boolean hash, boolean btree) {
        public static final OperatorClasses NONE = new OperatorClasses(false, false);
        public static final OperatorClasses BOTH = new OperatorClasses(true, true);

        public boolean equality() {
            return hash || btree;
        }
    }

    /** Whether an internal type of PostgreSQL's parser: {@code unknown}, {@code anyelement}, {@code record}, .. */
    public boolean isPseudo() {
        return kind == Kind.PSEUDO;
    }

    @Override
    public String toString() {
        return qualifiedName;
    }
}
