package io.freshet.runtime.cli;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What the doctor says of one thing.
 *
 * @param place the node, or the database
 * @param cure the exact statement where there is one
 */
record Finding(String check, String place, Severity severity, String detail, Optional<String> cure) {

    enum Severity {
        OK,
        /** It works, but not for long or not for everything. */
        WARN,
        /** A daemon cannot work like this. */
        ERROR
    }

    static Finding ok(String check, Object place, String detail) {
        return new Finding(check, place.toString(), Severity.OK, detail, Optional.empty());
    }

    static Finding warn(String check, Object place, String detail, String cure) {
        return new Finding(check, place.toString(), Severity.WARN, detail, Optional.of(cure));
    }

    static Finding error(String check, Object place, String detail, String cure) {
        return new Finding(check, place.toString(), Severity.ERROR, detail, Optional.of(cure));
    }

    Map<String, Object> json() {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("check", check);
        json.put("place", place);
        json.put("severity", severity.name());
        json.put("detail", detail);
        json.put("cure", cure.orElse(null));
        return json;
    }
}
