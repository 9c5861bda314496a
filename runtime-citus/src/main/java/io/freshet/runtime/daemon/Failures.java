package io.freshet.runtime.daemon;

import io.freshet.errors.ErrorCode;
import io.freshet.errors.FreshetException;
import io.freshet.runtime.capture.CaptureBrokenException;
import io.freshet.runtime.topology.Outage;
import java.sql.SQLException;

/** Turns what went wrong into what a user is told. */
final class Failures {
    private Failures() {
    }

    static FreshetException describe(Exception failure) {
        return switch (failure) {
            case FreshetException e -> e;
            case CaptureBrokenException e -> FreshetException.of(ErrorCode.NODE_UNREACHABLE, e.getMessage()).causedBy(e);
            case SQLException e when isConnectionFailure(e) ->
                FreshetException.of(ErrorCode.NODE_UNREACHABLE, e.getMessage()).causedBy(e);
            case SQLException e ->
                FreshetException.of(ErrorCode.REFRESH_FAILED, e.getMessage() + " (SQLSTATE " + e.getSQLState() + ")")
                        .causedBy(e);
            default -> FreshetException.of(ErrorCode.INTERNAL, String.valueOf(failure)).causedBy(failure);
        };
    }

    /** Most of what makes a table is sent to every node. */
    static FreshetException whileOut(Outage outage, SQLException failure) {
        return FreshetException
                .of(ErrorCode.NODE_UNREACHABLE, "what a stream table needs cannot be made on all nodes while " + outage.node()
                        + " is out of use: " + failure.getMessage())
                .withHint("Bring that server back and try again.").causedBy(failure);
    }

    private static boolean isConnectionFailure(SQLException e) {
        return e.getSQLState() != null && (e.getSQLState().startsWith("08") || e.getSQLState().startsWith("57P"));
    }
}
