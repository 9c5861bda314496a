package io.freshet.runtime.sqlapi;

import io.freshet.errors.ErrorCode;
import io.freshet.errors.FreshetException;
import io.freshet.ivm.Output;
import io.freshet.ivm.RefreshMode;
import io.freshet.ivm.StreamTableDefinition;
import io.freshet.planner.catalog.TableName;
import io.freshet.runtime.schedule.Schedule;
import io.freshet.runtime.service.StreamTableService;
import io.freshet.runtime.store.QuerySettings;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Carries a request out. Whatever happens there is an answer. */
final class RequestHandler {
    private static final Logger LOG = LoggerFactory.getLogger(RequestHandler.class);

    private final StreamTableService service;
    private final StreamTableDirectory directory;

    RequestHandler(StreamTableService service, StreamTableDirectory directory) {
        this.service = service;
        this.directory = directory;
    }

    Answer handle(Envelope envelope) {
        try {
            Request request = RequestReader.request(envelope);
            try {
                return carryOut(request, envelope);
            } catch (FreshetException e) {
                return new Answer.Refused(e, excerpt(request, e));
            }
        } catch (FreshetException e) {
            return Answer.Refused.of(e);
        } catch (RuntimeException e) {
            LOG.error("request {} of role \"{}\" failed by a defect", envelope.kind(), envelope.role(), e);
            return Answer.Refused.of(FreshetException.of(ErrorCode.INTERNAL, String.valueOf(e.getMessage()))
                    .withHint("The daemon's log has the details."));
        }
    }

    private Answer carryOut(Request request, Envelope envelope) {
        return switch (request) {
            case Request.Create create -> create(create, envelope);
            case Request.Drop drop -> drop(drop, envelope);
            case Request.Refresh refresh -> {
                long epoch = service.refresh(ownName(refresh, envelope), envelope.role());
                yield new Answer.Granted(Map.of("epoch", epoch), Optional.empty());
            }
            case Request.Verify verify -> {
                StreamTableService.Verification found = service.verify(ownName(verify, envelope), envelope.role());
                yield new Answer.Granted(Map.of("name", found.name().toString(), "epoch", found.epoch(), "differingRows",
                        found.differingRows()), Optional.empty());
            }
            case Request.Explain explain -> {
                String format = format(explain.format());
                String text = service.explain(directory.find(explain.name(), envelope.searchPath()), format);
                yield new Answer.Granted(Map.of("text", text), Optional.empty());
            }
        };
    }

    private Answer create(Request.Create create, Envelope envelope) {
        TableName name = directory.nameToCreate(create.name(), envelope.searchPath());
        if (create.whenTaken() == Request.WhenTaken.KEEP && directory.exists(name)) {
            return new Answer.Granted(Map.of(), Optional.of("stream table " + name + " exists already, nothing was done"));
        }
        StreamTableDefinition definition = new StreamTableDefinition(name, create.query(), mode(create.refreshMode()),
                output(create.lying()));
        Optional<String> notice = service
                .create(new StreamTableService.CreateRequest(definition, Schedule.parse(create.schedule()),
                        create.filling() == Request.Filling.AT_ONCE, envelope.role(),
                        QuerySettings.of(envelope.searchPath(), create.settings())));
        return new Answer.Granted(Map.of(), notice);
    }

    private static Output output(Request.Lying lying) {
        return Output.of(lying.distributionColumn(),
                lying.colocateWith().map(name -> new TableName(name.getFirst(), name.getLast())), lying.placement());
    }

    private Answer drop(Request.Drop drop, Envelope envelope) {
        TableName name = ownName(drop, envelope);
        if (drop.dependents() == Request.Dependents.DROP) {
            List<TableName> dependents = directory.dependents(name);
            dependents.forEach(d -> directory.requireOwner(d, envelope.role()));
            dependents.forEach(d -> service.drop(d, envelope.role()));
        }
        service.drop(name, envelope.role());
        return Answer.Granted.done();
    }

    /** The stream table that is meant, when its owner's rights are the sender's. */
    private TableName ownName(Request request, Envelope envelope) {
        TableName name = directory.find(request.name(), envelope.searchPath());
        directory.requireOwner(name, envelope.role());
        return name;
    }

    private static Optional<String> excerpt(Request request, FreshetException error) {
        return request instanceof Request.Create create
                ? error.position().map(position -> SqlExcerpt.of(create.query(), position))
                : Optional.empty();
    }

    private static RefreshMode mode(String text) {
        return switch (text.strip().toUpperCase(Locale.ROOT)) {
            case "AUTO" -> RefreshMode.AUTO;
            case "DIFFERENTIAL" -> RefreshMode.DIFFERENTIAL;
            case "FULL" -> RefreshMode.FULL;
            default -> throw FreshetException.of(ErrorCode.INVALID_OPTION, "refresh_mode '" + text + "' does not exist")
                    .withHint("Write refresh_mode => 'AUTO', 'DIFFERENTIAL' or 'FULL'.");
        };
    }

    private static String format(String text) {
        String format = text.strip().toLowerCase(Locale.ROOT);
        if (!format.equals("text") && !format.equals("json")) {
            throw FreshetException.of(ErrorCode.INVALID_OPTION, "format '" + text + "' does not exist")
                    .withHint("Write format => 'text' or 'json'.");
        }
        return format;
    }
}
