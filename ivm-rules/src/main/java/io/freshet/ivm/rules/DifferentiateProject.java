package io.freshet.ivm.rules;

import org.apache.calcite.rel.core.Project;

/**
 * d(project(R)) = project(dR), the weight kept: rows that become equal add their weights, which is what a bag projection means.
 *
 * <pre>
 * Project(e1, e2)          Project(e1, e2, weight)
 *   R                        dR
 * </pre>
 *
 * The term lies where its input lies.
 */
final class DifferentiateProject {
    private DifferentiateProject() {
    }

    static Delta apply(Project project, Delta input) {
        return new Delta(input.terms().stream()
                .map(term -> Weights.project(term, project.getProjects(), Weights.of(term), project.getRowType().getFieldNames()))
                .toList());
    }
}
