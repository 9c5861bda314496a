package io.freshet.it.architecture;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.constructors;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.GeneralCodingRules.ACCESS_STANDARD_STREAMS;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaConstructor;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.io.Closeable;
import java.io.File;
import java.io.RandomAccessFile;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.NullMarked;

/** What {@code README.md} and the module list promise of the code's shape. */
@AnalyzeClasses(packages = "io.freshet", importOptions = DoNotIncludeTests.class)
class ArchitectureTest {
    private static final int MOST_PARAMETERS = 4;

    @ArchTest
    static final ArchRule ARROWS_BETWEEN_MODULES_GO_ONE_WAY = layeredArchitecture().consideringOnlyDependenciesInLayers()
            .ensureAllClassesAreContainedInArchitecture().layer("parser").definedBy("io.freshet.errors..", "io.freshet.parser..")
            .layer("planner").definedBy("io.freshet.planner..").layer("ivm-rules").definedBy("io.freshet.ivm..")
            .layer("runtime-citus").definedBy("io.freshet.runtime..").whereLayer("runtime-citus").mayNotBeAccessedByAnyLayer()
            .whereLayer("ivm-rules").mayOnlyBeAccessedByLayers("runtime-citus").whereLayer("planner")
            .mayOnlyBeAccessedByLayers("ivm-rules", "runtime-citus");

    @ArchTest
    static final ArchRule A_PACKAGE_LIVES_IN_ONE_MODULE = classes().should(new LieInTheModuleOfTheirPackage());

    @ArchTest
    static final ArchRule THE_COMPILER_TALKS_TO_NOBODY = noClasses().that()
            .resideInAnyPackage("io.freshet.errors..", "io.freshet.parser..", "io.freshet.ivm..").should().dependOnClassesThat(
                    resideInAnyPackage("java.sql..", "javax.sql..", "java.net..", "java.nio.file..", "java.nio.channels..")
                            .or(describe("read or write files", ArchitectureTest::isFileAccess)));

    @ArchTest
    static final ArchRule CAPTURE_KNOWS_NOTHING_OF_EPOCHS = noClasses().that().resideInAPackage("io.freshet.runtime.capture..")
            .should().dependOnClassesThat().resideInAnyPackage("io.freshet.runtime.epoch..", "io.freshet.runtime.service..",
                    "io.freshet.runtime.daemon..", "io.freshet.runtime.cli..");

    @ArchTest
    static final ArchRule PACKAGES_HAVE_NO_CYCLES = slices().matching("io.freshet.(**)").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule PACKAGES_SAY_WHAT_LIVES_IN_THEM = classes()
            .that(not(describe("generated", ArchitectureTest::isGenerated)))
            .should(new LieInANullMarkedPackage());

    @ArchTest
    static final ArchRule ONLY_THE_COMMAND_LINE_PRINTS = noClasses().that()
            .resideOutsideOfPackages("io.freshet.runtime.cli..", "io.freshet.runtime.demo..").should(ACCESS_STANDARD_STREAMS);

    @ArchTest
    static final ArchRule CONSTRUCTORS_ARE_SHORT = constructors().that().areNotPrivate().and()
            .areDeclaredInClassesThat(not(describe("records, enums or generated",
                    c -> c.isRecord() || c.isEnum() || isGenerated(c))))
            .should(new ArchCondition<JavaConstructor>("have at most %d parameters".formatted(MOST_PARAMETERS)) {
                @Override
                public void check(JavaConstructor constructor, ConditionEvents events) {
                    // Anonymous and local classes get what they capture as parameters.
                    boolean named = !constructor.getOwner().isAnonymousClass() && !constructor.getOwner().isLocalClass();
                    if (named && constructor.getRawParameterTypes().size() > MOST_PARAMETERS) {
                        events.add(SimpleConditionEvent.violated(constructor, constructor.getFullName()));
                    }
                }
            });

    private static boolean isFileAccess(JavaClass type) {
        return type.isEquivalentTo(File.class) || type.isEquivalentTo(RandomAccessFile.class)
                || type.getPackageName().equals("java.io") && type.getSimpleName().startsWith("File")
                        && type.isAssignableTo(Closeable.class);
    }

    private static boolean isGenerated(JavaClass type) {
        return type.getPackageName().startsWith("io.freshet.parser")
                && (isAntlr(type) || type.getEnclosingClass().map(ArchitectureTest::isAntlr).orElse(false));
    }

    private static boolean isAntlr(JavaClass type) {
        return type.getAllRawSuperclasses().stream().anyMatch(s -> s.getPackageName().startsWith("org.antlr.v4.runtime"))
                || type.getAllRawInterfaces().stream().anyMatch(i -> i.getPackageName().startsWith("org.antlr.v4.runtime"));
    }

    /** A package that two modules share has no owner. */
    private static final class LieInTheModuleOfTheirPackage extends ArchCondition<JavaClass> {
        private final Map<String, String> modules = new HashMap<>();

        private LieInTheModuleOfTheirPackage() {
            super("lie in the module of their package");
        }

        @Override
        public void check(JavaClass type, ConditionEvents events) {
            String file = type.getName().replace('.', '/') + ".class";
            Optional<String> module = type.getSource().map(s -> s.getUri().toString().replace(file, ""));
            module.ifPresent(m -> {
                String first = modules.computeIfAbsent(type.getPackageName(), p -> m);
                if (!first.equals(m)) {
                    events.add(SimpleConditionEvent.violated(type, type.getName() + " lies in " + m + ", others in " + first));
                }
            });
        }
    }

    private static final class LieInANullMarkedPackage extends ArchCondition<JavaClass> {
        private LieInANullMarkedPackage() {
            super("lie in a @NullMarked package");
        }

        @Override
        public void check(JavaClass type, ConditionEvents events) {
            if (!type.getPackage().isAnnotatedWith(NullMarked.class)) {
                events.add(SimpleConditionEvent.violated(type, type.getPackageName() + " has no @NullMarked package-info"));
            }
        }
    }
}
