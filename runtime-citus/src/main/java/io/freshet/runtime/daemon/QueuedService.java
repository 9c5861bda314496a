package io.freshet.runtime.daemon;

import io.freshet.errors.ErrorCode;
import io.freshet.errors.FreshetException;
import io.freshet.ivm.Explanation;
import io.freshet.planner.catalog.TableName;
import io.freshet.runtime.refresh.ManagedTable;
import io.freshet.runtime.refresh.Registry;
import io.freshet.runtime.service.StreamTableService;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/** Hands requests to the loop and waits for its answers. */
final class QueuedService implements StreamTableService {
    private final EpochLoop loop;
    private final Registry registry;

    QueuedService(EpochLoop loop, Registry registry) {
        this.loop = loop;
        this.registry = registry;
    }

    @Override
    public Optional<String> create(CreateRequest request) {
        CompletableFuture<Optional<String>> answer = new CompletableFuture<>();
        return ask(new Task.Create(request, answer), answer);
    }

    @Override
    public void drop(TableName name, String role) {
        CompletableFuture<Boolean> answer = new CompletableFuture<>();
        ask(new Task.Drop(name, answer), answer);
    }

    @Override
    public long refresh(TableName name, String role) {
        CompletableFuture<Long> answer = new CompletableFuture<>();
        return ask(new Task.Refresh(name, answer), answer);
    }

    @Override
    public Verification verify(TableName name, String role) {
        CompletableFuture<Verification> answer = new CompletableFuture<>();
        return ask(new Task.Verify(name, answer), answer);
    }

    @Override
    public String explain(TableName name, String format) {
        Explanation explanation = Explanation.of(registry.require(name).compiled());
        return format.equals("json") ? explanation.json() : explanation.text();
    }

    @Override
    public List<StreamTableStatus> status() {
        return registry.all().stream().sorted(Comparator.comparing(ManagedTable::name))
                .map(t -> registry.coverage().waitsFor(t.name()).isPresent() ? t.status().inState("WAITING") : t.status())
                .toList();
    }

    private <T> T ask(Task task, CompletableFuture<T> answer) {
        loop.submit(task);
        try {
            return answer.get();
        } catch (ExecutionException e) {
            throw e.getCause() instanceof FreshetException f
                    ? f
                    : FreshetException.of(ErrorCode.INTERNAL, String.valueOf(e.getCause())).causedBy(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw FreshetException.of(ErrorCode.DAEMON_NOT_RUNNING, "the wait for the daemon's answer was interrupted")
                    .causedBy(e);
        }
    }
}
