package io.freshet.runtime.capture;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What names a transaction of several nodes on all of them. Citus prepares each of its remote parts under
 * {@code citus_<initiator's group>_<process>_<transaction>_<connection>}; the first three numbers are the same for all parts.
 *
 * @param initiator group id of the node whose session runs the transaction; its own part there is an ordinary transaction without a name
 * @param process of that session
 * @param number counts the transactions of that node
 */
public record DistributedTransactionId(int initiator, long process, long number) {
    private static final Pattern GID = Pattern.compile("citus_(\\d{1,9})_(\\d{1,18})_(\\d{1,18})_\\d{1,18}");

    /** Empty when the prepared transaction is none of Citus's. */
    public static Optional<DistributedTransactionId> ofGid(String gid) {
        Matcher numbers = GID.matcher(gid);
        return numbers.matches()
                ? Optional.of(new DistributedTransactionId(Integer.parseInt(numbers.group(1)), Long.parseLong(numbers.group(2)),
                        Long.parseLong(numbers.group(3))))
                : Optional.empty();
    }

    @Override
    public String toString() {
        return "citus_" + initiator + "_" + process + "_" + number;
    }
}
