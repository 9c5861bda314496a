package io.freshet.it.cluster;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** A PostgreSQL installation that has Citus. */
record CitusInstallation(Path home) {
    /** Where to look, and then nowhere else: whoever sets it means this installation, or none. */
    static final String HOME_VARIABLE = "FRESHET_PG_HOME";

    private static final List<String> PARENTS = List.of("/opt", "/usr/lib/postgresql", "/usr/local/opt");
    private static final List<String> HOMES = List.of("/usr/local/pgsql", "/usr/local", "/usr");

    /** {@code FRESHET_PG_HOME} when it is set, else the first one found in the usual places, the newest version first. */
    static Optional<CitusInstallation> find() {
        return candidates().stream().filter(CitusInstallation::hasServer).filter(CitusInstallation::hasCitus).findFirst()
                .map(CitusInstallation::new);
    }

    Path program(String name) {
        return home.resolve("bin").resolve(name);
    }

    private static List<Path> candidates() {
        Optional<String> wanted = Optional.ofNullable(System.getenv(HOME_VARIABLE));
        if (wanted.isPresent()) {
            return List.of(Path.of(wanted.get()));
        }
        List<Path> homes = new ArrayList<>();
        for (String parent : PARENTS) {
            homes.addAll(children(Path.of(parent)));
        }
        HOMES.stream().map(Path::of).forEach(homes::add);
        return homes;
    }

    private static List<Path> children(Path parent) {
        if (!Files.isDirectory(parent)) {
            return List.of();
        }
        try (Stream<Path> children = Files.list(parent)) {
            return children.sorted((a, b) -> b.compareTo(a)).toList();
        } catch (IOException e) {
            return List.of();
        }
    }

    private static boolean hasServer(Path home) {
        return Stream.of("initdb", "pg_ctl", "postgres").allMatch(p -> Files.isExecutable(home.resolve("bin").resolve(p)));
    }

    private static boolean hasCitus(Path home) {
        return Stream.concat(Stream.of(home.resolve("lib"), home.resolve("lib/postgresql")), packageLibraries(home).stream())
                .anyMatch(lib -> Files.exists(lib.resolve("citus.so")));
    }

    private static Optional<Path> packageLibraries(Path home) {
        Path pgConfig = home.resolve("bin/pg_config");
        if (!Files.isExecutable(pgConfig)) {
            return Optional.empty();
        }
        try {
            return Optional.of(Path.of(Commands.run(Path.of("/"), List.of(pgConfig.toString(), "--pkglibdir")).strip()));
        } catch (IllegalStateException e) {
            return Optional.empty();
        }
    }
}
