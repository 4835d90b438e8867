package com.evolvishub.cdc.bench.outage;

import com.evolvishub.cdc.testing.network.TcpProxy;

/** How a server becomes unavailable. */
enum OutageKind {
    /** Connections are reset and refused. */
    REFUSES {
        @Override
        void begin(TcpProxy proxy) {
            proxy.refuseConnections();
        }
    },
    /** Connections stay open and are accepted, but nothing responds. */
    SILENT {
        @Override
        void begin(TcpProxy proxy) {
            proxy.hang();
        }
    };

    abstract void begin(TcpProxy proxy);

    @Override
    public String toString() {
        return this == REFUSES ? "refuses" : "silent";
    }
}
