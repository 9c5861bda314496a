package io.freshet.runtime.capture;

import java.util.ArrayList;
import java.util.List;

/**
 * The layouts that one connection has seen, by number: a change holds its layout's number. A later layout of a source has a higher number.
 * Safe for concurrent use: the stream's thread adds, the epoch's reads.
 */
final class Layouts {
    private final List<SourceLayout> layouts = new ArrayList<>();

    synchronized int add(SourceLayout layout) {
        layouts.add(layout);
        return layouts.size() - 1;
    }

    synchronized SourceLayout get(int number) {
        return layouts.get(number);
    }
}
