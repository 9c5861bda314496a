package io.freshet.runtime.capture;

import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.concurrent.ThreadLocalRandom;

/**
 * The sum of weights of each distinct tuple, tuples being equal when their bytes are. Tuples are not copied: the arrays that hold them must
 * not change. A hash table with linear probing over entries in the order of their first occurrence.
 */
final class TupleWeights {
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long SEED = ThreadLocalRandom.current().nextLong();
    private static final long MULTIPLIER = 0x9E3779B97F4A7C15L;
    private static final int FIRST_CAPACITY = 16;
    /** What an entry takes beside its tuple: a reference, four ints, and two slots of the table. */
    static final int ENTRY_BYTES = 32;

    private byte[][] arrays = new byte[FIRST_CAPACITY][];
    private int[] offsets = new int[FIRST_CAPACITY];
    private int[] lengths = new int[FIRST_CAPACITY];
    private int[] hashes = new int[FIRST_CAPACITY];
    private int[] weights = new int[FIRST_CAPACITY];
    /** Entry number + 1 by hash; 0 is free. */
    private int[] table = new int[2 * FIRST_CAPACITY];
    private int entries;
    private int rows;

    /** @return whether the tuple is new here */
    boolean add(int weight, byte[] tuple, int offset, int length) {
        int hash = hash(tuple, offset, length);
        int mask = table.length - 1;
        int slot = hash & mask;
        while (table[slot] != 0) {
            int entry = table[slot] - 1;
            if (hashes[entry] == hash && lengths[entry] == length && Arrays.equals(arrays[entry], offsets[entry],
                    offsets[entry] + length, tuple, offset, offset + length)) {
                addTo(entry, weight);
                return false;
            }
            slot = slot + 1 & mask;
        }
        if (entries == weights.length) {
            grow();
            return add(weight, tuple, offset, length);
        }
        arrays[entries] = tuple;
        offsets[entries] = offset;
        lengths[entries] = length;
        hashes[entries] = hash;
        table[slot] = entries + 1;
        addTo(entries++, weight);
        return true;
    }

    /** The tuples whose weight is not 0. */
    int rows() {
        return rows;
    }

    void forEach(ChangeRows.RowVisitor visitor) throws IOException {
        for (int entry = 0; entry < entries; entry++) {
            if (weights[entry] != 0) {
                visitor.row(weights[entry], arrays[entry], offsets[entry], lengths[entry]);
            }
        }
    }

    private void addTo(int entry, int weight) {
        int before = weights[entry];
        int after = Math.addExact(before, weight);
        weights[entry] = after;
        rows += (after == 0 ? 0 : 1) - (before == 0 ? 0 : 1);
    }

    private void grow() {
        int capacity = Math.multiplyExact(2, weights.length);
        arrays = Arrays.copyOf(arrays, capacity);
        offsets = Arrays.copyOf(offsets, capacity);
        lengths = Arrays.copyOf(lengths, capacity);
        hashes = Arrays.copyOf(hashes, capacity);
        weights = Arrays.copyOf(weights, capacity);
        table = new int[2 * capacity];
        int mask = table.length - 1;
        for (int entry = 0; entry < entries; entry++) {
            int slot = hashes[entry] & mask;
            while (table[slot] != 0) {
                slot = slot + 1 & mask;
            }
            table[slot] = entry + 1;
        }
    }

    private static int hash(byte[] bytes, int offset, int length) {
        long hash = SEED ^ length;
        int at = offset;
        int end = offset + length;
        for (; at <= end - Long.BYTES; at += Long.BYTES) {
            hash = mix(hash ^ (long) LONG.get(bytes, at));
        }
        long rest = 0;
        for (; at < end; at++) {
            rest = rest << Byte.SIZE | bytes[at] & 0xFF;
        }
        hash = mix(hash ^ rest);
        return (int) (hash ^ hash >>> Integer.SIZE);
    }

    private static long mix(long value) {
        long product = value * MULTIPLIER;
        return product ^ product >>> 29;
    }
}
