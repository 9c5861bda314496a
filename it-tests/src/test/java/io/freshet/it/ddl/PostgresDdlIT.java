package io.freshet.it.ddl;

import io.freshet.it.cluster.Clusters;

class PostgresDdlIT extends SourceDdl {
    PostgresDdlIT() {
        super(Clusters.postgres());
    }
}
