package com.evolvishub.cdc.bench.outage;

import com.evolvishub.cdc.testing.network.TcpProxy;

/** How a server goes away. */
enum OutageKind {
    /** Connections are reset and refused. */
    REFUSES {
        @Override
        void begin(TcpProxy way) {
            way.refuseConnections();
        }
    },
    /** Connections stay and are taken, and nothing answers. */
    SILENT {
        @Override
        void begin(TcpProxy way) {
            way.hang();
        }
    };

    abstract void begin(TcpProxy way);

    @Override
    public String toString() {
        return this == REFUSES ? "refuses" : "silent";
    }
}
