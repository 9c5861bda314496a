package io.freshet.it.cluster;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Free ports of the loopback interface, below the range that systems give to outgoing connections: a killed server gets its port back when
 * it is started again.
 */
final class Ports {
    private static final int FIRST = 15_000;
    private static final int LAST = 31_999;

    private Ports() {
    }

    static int free() {
        for (int attempt = 0; attempt < 1_000; attempt++) {
            int port = ThreadLocalRandom.current().nextInt(FIRST, LAST + 1);
            try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
                return socket.getLocalPort();
            } catch (IOException taken) {
                continue;
            }
        }
        throw new IllegalStateException("no free port between " + FIRST + " and " + LAST);
    }
}
