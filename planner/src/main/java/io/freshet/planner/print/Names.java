package io.freshet.planner.print;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Names that PostgreSQL can have: not empty, at most 63 bytes, unique where they must be. */
final class Names {
    private Names() {
    }

    /** As PostgreSQL would store it. */
    static String fitting(String name) {
        return name.isEmpty() ? "?column?" : Quoting.clip(name, Quoting.MAX_IDENTIFIER_BYTES);
    }

    /** The names, fitting, with a number behind each that is there already. */
    static List<String> unique(List<String> names) {
        Set<String> taken = new HashSet<>();
        List<String> unique = new ArrayList<>();
        for (String name : names) {
            unique.add(firstFree(fitting(name), taken));
        }
        return unique;
    }

    /** {@code wish}, or with the first number from 2 that is free; taken afterwards. */
    static String firstFree(String wish, Set<String> taken) {
        String name = wish;
        for (int i = 2; !taken.add(name); i++) {
            String number = Integer.toString(i);
            name = Quoting.clip(wish, Quoting.MAX_IDENTIFIER_BYTES - number.length()) + number;
        }
        return name;
    }
}
