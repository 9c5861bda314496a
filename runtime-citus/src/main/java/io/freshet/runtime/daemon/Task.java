package io.freshet.runtime.daemon;

import io.freshet.planner.catalog.TableName;
import io.freshet.runtime.service.StreamTableService.CreateRequest;
import io.freshet.runtime.service.StreamTableService.Verification;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** What a user has asked for, on its way through the loop. */
sealed interface Task {

    CompletableFuture<?> answer();

    record Create(CreateRequest request, CompletableFuture<Optional<String>> answer) implements Task {
    }

    record Drop(TableName name, CompletableFuture<Boolean> answer) implements Task {
    }

    record Refresh(TableName name, CompletableFuture<Long> answer) implements Task {
    }

    record Verify(TableName name, CompletableFuture<Verification> answer) implements Task {
    }
}
