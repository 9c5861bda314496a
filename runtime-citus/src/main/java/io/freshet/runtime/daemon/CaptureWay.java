package io.freshet.runtime.daemon;

import io.freshet.runtime.settings.CaptureMode;
import io.freshet.runtime.settings.Setting;
import io.freshet.runtime.settings.Settings;
import io.freshet.runtime.topology.Connections;
import io.freshet.runtime.topology.WorkerAccess;
import java.sql.SQLException;

/** Which way a daemon that starts now captures the workers' changes. It keeps to it until it ends. */
public final class CaptureWay {
    private CaptureWay() {
    }

    /** What the setting asks for, or the network allows. */
    public static WorkerAccess.Choice choose(Settings settings, Connections connections) throws SQLException {
        CaptureMode mode = settings.get(Setting.CAPTURE);
        return switch (mode) {
            case AUTO -> WorkerAccess.choose(connections);
            case STREAMING -> new WorkerAccess.Choice(WorkerAccess.DIRECT, Setting.CAPTURE.name() + " is streaming");
            case POLLING -> new WorkerAccess.Choice(WorkerAccess.THROUGH_COORDINATOR, Setting.CAPTURE.name() + " is polling");
        };
    }
}
