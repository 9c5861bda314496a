package io.freshet.it.ddl;

import io.freshet.it.cluster.Clusters;

class CitusDdlIT extends SourceDdl {
    CitusDdlIT() {
        super(Clusters.citus());
    }
}
